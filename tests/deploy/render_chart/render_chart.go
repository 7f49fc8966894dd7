// SPDX-License-Identifier: Apache-2.0

// Renders a Helm chart where there is no helm, with what helm renders with: text/template, the
// functions of sprig, and a few of helm's own.
//
//	render_chart CHART NAMESPACE <VALUES.json
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"sigs.k8s.io/yaml"
)

type object = map[string]interface{}

// What templates see as .Files.
type files struct{ chart string }

func (f files) Get(name string) (string, error) {
	text, err := os.ReadFile(filepath.Join(f.chart, name))
	return string(text), err
}

func parse(text []byte) (object, error) {
	parsed := object{}
	err := yaml.Unmarshal(text, &parsed)
	return parsed, err
}

func toYAML(value interface{}) (string, error) {
	text, err := yaml.Marshal(value)
	return strings.TrimSuffix(string(text), "\n"), err
}

func functions(root *template.Template) template.FuncMap {
	all := sprig.TxtFuncMap()
	all["toYaml"] = toYAML
	all["fromYaml"] = func(text string) (object, error) { return parse([]byte(text)) }
	all["include"] = func(name string, about interface{}) (string, error) {
		var out strings.Builder
		err := root.ExecuteTemplate(&out, name, about)
		return out.String(), err
	}
	return all
}

func about(chart, namespace string) (object, error) {
	text, err := os.ReadFile(filepath.Join(chart, "Chart.yaml"))
	if err != nil {
		return nil, err
	}
	described, err := parse(text)
	if err != nil {
		return nil, err
	}
	given, err := io.ReadAll(os.Stdin)
	if err != nil {
		return nil, err
	}
	values, err := parse(given)
	// Helm gives the fields of the chart upper case names.
	fields := object{}
	for key, value := range described {
		fields[strings.ToUpper(key[:1])+key[1:]] = value
	}
	release := object{"Name": fields["Name"], "Namespace": namespace, "Service": "Helm"}
	return object{"Values": values, "Chart": fields, "Release": release, "Files": files{chart}}, err
}

func render(chart, namespace string, out io.Writer) error {
	root := template.New("chart").Option("missingkey=zero")
	paths, err := filepath.Glob(filepath.Join(chart, "templates", "*"))
	if err != nil {
		return err
	}
	root.Funcs(functions(root))
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if _, err := root.New(path).Parse(string(text)); err != nil {
			return err
		}
	}
	given, err := about(chart, namespace)
	if err != nil {
		return err
	}
	for _, path := range paths {
		var text bytes.Buffer
		if err := root.ExecuteTemplate(&text, path, given); err != nil {
			return err
		}
		if strings.HasSuffix(path, ".yaml") {
			fmt.Fprintf(out, "---\n%s\n", text.String())
		}
	}
	return nil
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: render_chart CHART NAMESPACE <VALUES.json")
		os.Exit(2)
	}
	if err := render(os.Args[1], os.Args[2], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
