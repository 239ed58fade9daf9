"""Ways past a recording: of models, their requests, the management plane, programs."""
