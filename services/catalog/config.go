package main

import "larder.example/platform/go"

// config is everything that the environment decides.
type config struct {
	platform    platform.Config
	databaseURL string
	// seedDemo loads the demonstration range at start.
	seedDemo bool
}

func loadConfig(lookup func(string) string) (config, error) {
	env := platform.ReadEnv(lookup)
	loaded := settings(env)
	return loaded, env.Err()
}

// settings is the declaration that the table in the README is checked against.
func settings(env *platform.Env) config {
	return config{
		platform:    env.Platform("CATALOG"),
		databaseURL: env.Secret("CATALOG_DATABASE_URL"),
		seedDemo:    env.Choice("CATALOG_SEED", "", "demo") == "demo",
	}
}
