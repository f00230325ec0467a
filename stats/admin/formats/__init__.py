"""How the admin writes dates and moments (FORMAT_MODULE_PATH): as all else here, with the zone."""
