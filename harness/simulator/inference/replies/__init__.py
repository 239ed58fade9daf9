"""Sources of replies: rules, recorded answers, an upstream, words of the simulator's own."""
