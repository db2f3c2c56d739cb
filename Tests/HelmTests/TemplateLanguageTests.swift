import Documents
import Simulation
import Testing

@testable import Helm

private func rendered(
  _ text: String, values: Value = .emptyObject, files: [String: String] = [:]
) async throws -> String {
  var all = ["Chart.yaml": "name: web\nversion: 1.2.3\napiVersion: v2\nappVersion: \"7\"\n"]
  all["templates/t.yaml"] = text
  all["templates/_h.tpl"] = """
    {{- define "web.name" -}}{{ .Chart.Name }}-{{ .Release.Name }}{{- end }}
    {{- define "web.labels" }}
    app: {{ include "web.name" . }}
    tier: front
    {{- end }}
    """
  all.merge(files) { $1 }
  let chart = try Chart(files: all)
  let rendering = Rendering(
    chart: chart, values: ChartValues.coalesced(chart, with: values),
    release: ["Name": "one", "Namespace": "ns", "Service": "Helm", "IsInstall": true],
    capabilities: Rendering.capabilities(["v1", "networking.k8s.io/v1"]),
    now: Moment(seconds: 1_780_304_400), random: { 7 })
  return try await rendering.render(nil).texts.first { $0.path == "web/templates/t.yaml" }?.text
    ?? ""
}

private let values: Value = [
  "name": "nginx", "count": 3, "on": true, "off": false, "list": ["b", "a", "b"],
  "map": ["x": 1, "y": ["z": "deep"]], "text": "line1\nline2", "empty": "",
]

@Test(
  "templates come out as helm's",
  arguments: [
    ("{{ .Values.name }}-{{ .Release.Name }}", "nginx-one"),
    ("{{ .Values.count | quote }} {{ .Values.name | upper | squote }}", "\"3\" 'NGINX'"),
    ("{{ .Values.nothing }}|{{ .Values.nothing | default \"d\" }}", "|d"),
    ("{{ include \"web.name\" . }}", "web-one"),
    (
      "labels:{{ include \"web.labels\" . | indent 2 }}", "labels:  \n  app: web-one\n  tier: front"
    ),
    ("m:\n  {{- toYaml .Values.map | nindent 2 }}", "m:\n  x: 1\n  \"y\":\n    z: deep"),
    ("{{ range $i, $e := .Values.list }}{{ $i }}{{ $e }} {{ end }}", "0b 1a 2b "),
    ("{{ range $k, $v := .Values.map }}{{ $k }} {{ end }}", "x y "),
    ("{{ with .Values.map.y }}{{ .z }}{{ $.Release.Name }}{{ end }}", "deepone"),
    ("{{ if and .Values.on (not .Values.off) }}yes{{ else }}no{{ end }}", "yes"),
    ("{{ if eq .Values.count 3 }}three{{ end }}", "three"),
    ("{{ .Values.list | uniq | sortAlpha | join \",\" }}", "a,b"),
    ("{{ .Values.list | first }}{{ .Values.list | last }}{{ len .Values.list }}", "bb3"),
    ("{{ printf \"%s-%d\" .Values.name 5 | trunc 7 | trimSuffix \"-\" }}", "nginx-5"),
    ("{{ ternary \"a\" \"b\" .Values.on }}{{ coalesce .Values.empty \"c\" }}", "ac"),
    ("{{ \"aGk=\" | b64dec }} {{ \"hi\" | b64enc }}", "hi aGk="),
    ("{{ sha256sum \"x\" | trunc 8 }}", "2d711642"),
    ("{{ $d := dict \"a\" 1 }}{{ $_ := set $d \"b\" 2 }}{{ $d | toJson }}", "{\"a\":1,\"b\":2}"),
    (
      "{{ hasKey .Values.map \"x\" }} {{ get .Values.map \"x\" }} {{ dig \"y\" \"z\" \"n\" .Values.map }}",
      "true 1 deep"
    ),
    (
      "{{ add 1 2 3 }} {{ sub 5 2 }} {{ mul 2 3 }} {{ div 7 2 }} {{ mod 7 2 }} {{ max 1 9 4 }}",
      "6 3 6 3 1 9"
    ),
    ("{{ until 3 }} {{ untilStep 0 10 4 }} {{ seq 3 }}", "[0 1 2] [0 4 8] 1 2 3"),
    (
      "{{ regexReplaceAll \"[^a-z]+\" \"a1b22c\" \"-\" }} {{ regexMatch \"^n\" .Values.name }}",
      "a-b-c true"
    ),
    (
      "{{ \"a.b.c\" | replace \".\" \"-\" }} {{ splitList \".\" \"a.b\" }} {{ (split \".\" \"a.b\")._1 }}",
      "a-b-c [a b] b"
    ),
    ("{{ tpl \"{{ .Values.name }}!\" . }}", "nginx!"),
    (
      "{{ semverCompare \">=1.19-0\" \"1.36.0\" }} {{ .Capabilities.KubeVersion.Version }}",
      "true v1.36.0"
    ),
    ("{{ .Capabilities.APIVersions.Has \"networking.k8s.io/v1\" }}", "true"),
    ("{{ .Chart.Name }}/{{ .Chart.Version }}/{{ .Chart.AppVersion }}", "web/1.2.3/7"),
    ("{{ .Template.Name }}", "web/templates/t.yaml"),
    ("{{- /* note */ -}}\nx", "x"), ("{{ `raw {{ x }}` }}", "raw {{ x }}"),
    ("{{ .Files.Get \"conf/a.txt\" }}", "hello"),
    ("{{ (.Files.Glob \"conf/*\").AsConfig }}", "a.txt: hello"),
    ("{{ lookup \"v1\" \"Secret\" \"ns\" \"x\" }}", "map[]"),
    ("{{ fromYaml \"a: 1\" | toJson }} {{ kindOf .Values.list }}", "{\"a\":1} slice"),
    ("{{ .Values.text | nindent 2 }}", "\n  line1\n  line2"),
    ("{{ range .Values.list }}{{ if eq . \"a\" }}{{ continue }}{{ end }}{{ . }}{{ end }}", "bb"),
    ("{{ merge (dict \"a\" 1) (dict \"a\" 2 \"b\" 3) | toJson }}", "{\"a\":1,\"b\":3}"),
    ("{{ list 1 2 | toYaml }}", "- 1\n- 2"), ("{{ true | toString | quote }}", "\"true\""),
    (
      "{{ date \"2006-01-02\" now }} {{ snakecase \"FooBar\" }} {{ title \"ab cd\" }}",
      "2026-06-01 foo_bar Ab Cd"
    ),
  ])
func language(_ text: String, _ want: String) async throws {
  #expect(try await rendered(text, values: values, files: ["conf/a.txt": "hello"]) == want)
}

@Test(
  "a template's mistakes are told as helm tells them",
  arguments: [
    (
      "{{ .Values.a.b }}",
      "template: web/templates/t.yaml:1:10: executing \"web/templates/t.yaml\" at <.Values.a.b>: nil "
        + "pointer evaluating interface {}.b"
    ),
    (
      "a\n{{ nope 1 }}",
      "parse error at (web/templates/t.yaml:2): function \"nope\" not defined"
    ),
    (
      "{{ required \"name it!\" .Values.x }}",
      "template: web/templates/t.yaml:1:3: executing \"web/templates/t.yaml\" at <required \"name it!\" "
        + ".Values.x>: error calling required: name it!"
    ),
    (
      "{{ fail \"no\" }}",
      "template: web/templates/t.yaml:1:3: executing \"web/templates/t.yaml\" at <fail \"no\">: error "
        + "calling fail: no"
    ),
    ("{{ if }}x{{ end }}", "parse error at (web/templates/t.yaml:1): missing value for if"),
    (
      "{{ include \"web.none\" . }}",
      "template: web/templates/t.yaml:1:3: executing \"web/templates/t.yaml\" at <include \"web.none\" "
        + ".>: error calling include: template: web/templates/t.yaml"
    ),
  ])
func mistakes(_ text: String, _ want: String) async throws {
  do {
    let made = try await rendered(text)
    Issue.record("rendered \(made)")
  } catch let problem as HelmError {
    #expect(problem.message.hasPrefix(want), "\(problem.message)")
  }
}

@Test(
  "a template that never ends stops within its budget",
  arguments: [
    "{{ define \"r\" }}{{ include \"r\" . }}{{ end }}{{ include \"r\" . }}",
    "{{ range until 100000 }}{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}{{ end }}",
    "{{ $x := \"{{ tpl . . }}\" }}{{ tpl $x $x }}", "{{ until 99999999 }}",
    "{{ repeat 999999999 \"x\" }}",
  ])
func endless(_ text: String) async {
  do {
    _ = try await rendered(text)
  } catch let problem as HelmError {
    #expect(!problem.message.isEmpty)
  } catch {
    Issue.record("\(error)")
  }
}

@Test(
  "--set speaks its little language",
  arguments: [
    ("a=1", "{\"a\":1}"), ("a.b=x,c=true", "{\"a\":{\"b\":\"x\"},\"c\":true}"),
    ("l={x,y}", "{\"l\":[\"x\",\"y\"]}"), ("l[1].n=z", "{\"l\":[null,{\"n\":\"z\"}]}"),
    ("a\\.b=c", "{\"a.b\":\"c\"}"), ("a=x\\,y", "{\"a\":\"x,y\"}"), ("a=null", "{\"a\":null}"),
    ("a=007", "{\"a\":\"007\"}"), ("a=", "{\"a\":\"\"}"),
  ])
func settings(_ text: String, _ want: String) throws {
  var made = Value.emptyObject
  try Settings.apply(text, to: &made, isText: false)
  #expect(JSON.text(made) == want)
}

@Test(
  "version ranges choose as semver does",
  arguments: [
    ("^1.2.3", "1.9.0", true), ("^1.2.3", "2.0.0", false), ("~1.2", "1.2.9", true),
    ("~1.2", "1.3.0", false), (">=1.0 <2.0", "1.5.0", true), ("1.x", "1.7.1", true),
    (">= 1.0, < 1.5", "1.5.0", false), ("1.2.3 || 3.0.0", "3.0.0", true),
    (">=1", "1.2.0-rc.1", false),
  ])
func ranges(_ range: String, _ version: String, _ holds: Bool) throws {
  let wanted = try #require(VersionRange(range))
  #expect(wanted.holds(try #require(Version(version))) == holds)
}

@Test(
  "every chart of the catalogue renders",
  arguments: Catalogue.repositories.flatMap(\.charts).map(\.name))
func catalogue(_ name: String) async throws {
  for published in Catalogue.repositories.flatMap(\.charts) where published.name == name {
    let chart = try published.chart(try #require(published.versions.first))
    let rendering = Rendering(
      chart: chart, values: ChartValues.coalesced(chart, with: .emptyObject),
      release: ["Name": "r", "Namespace": "ns", "Service": "Helm"],
      capabilities: Rendering.capabilities([]), now: Moment(seconds: 0), random: { 1 })
    let parts = try ManifestParts(try await rendering.render(nil))
    #expect(!parts.objects.isEmpty && parts.objects.allSatisfy { !$0.name.isEmpty })
  }
}
