package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/regen-registry/regen/schema"
)

func schemaCommand(u *ui) *cobra.Command {
	return &cobra.Command{
		Use:     "schema NAME",
		Short:   "Print a JSON Schema, for editors",
		Example: "  regen schema registry > registry.schema.json",
		Args:    args(1, "the name of a schema ("+strings.Join(schema.Names(), ", ")+")"),
		RunE: func(_ *cobra.Command, args []string) error {
			data, err := schema.Get(args[0])
			if err != nil {
				return &usageError{hinted(fmt.Errorf("no schema is named %q", args[0]), "schemas: %s", strings.Join(schema.Names(), ", "))}
			}
			_, err = u.out.Write(data)
			return err
		},
	}
}
