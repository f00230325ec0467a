"""The admin: every module registers the models of its subject (`stats.apps` imports them)."""
