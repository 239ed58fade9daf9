"""GitHub Models' ``.prompt.yml`` becomes a spec: the service has ended, its prompts have not."""
