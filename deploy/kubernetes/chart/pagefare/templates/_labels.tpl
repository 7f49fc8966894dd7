{{- /* SPDX-License-Identifier: Apache-2.0 */ -}}
{{- define "pagefare.labels" -}}
app.kubernetes.io/name: pagefare
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "pagefare.selector" -}}
app.kubernetes.io/name: pagefare
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
