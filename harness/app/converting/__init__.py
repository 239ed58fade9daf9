"""Convert other tools' files: what a command says about them, and where it ends."""
