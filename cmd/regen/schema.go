package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/schema"
)

func schemaCommand(u *ui) *cobra.Command {
	return &cobra.Command{
		Use:       "schema [NAME]",
		Short:     "Print a JSON Schema, for editors; without a name, list them",
		Example:   "  regen schema\n  regen schema registry > registry.schema.json",
		ValidArgs: schema.Names(),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return &usageError{hinted(fmt.Errorf("%s takes one name, found %d arguments", cmd.CommandPath(), len(args)), "usage: %s", cmd.UseLine())}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				for _, name := range schema.Names() {
					u.printf("%s\n", name)
				}
				return nil
			}
			data, err := schema.Get(args[0])
			if err != nil {
				return &usageError{hinted(fmt.Errorf("no schema is named %q", args[0]), "schemas: %s", strings.Join(schema.Names(), ", "))}
			}
			_, err = u.out.Write(data)
			return err
		},
	}
}
