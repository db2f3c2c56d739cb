import Documents
import Testing

@testable import KubeAPIServer

/// What the API server says of files that its flags name and that are wrong.
@Suite struct ConfigurationFileTests {
  @Test(
    "an encryption configuration is refused in the server's words",
    arguments: [
      ("[]", "resources: Required value: at least one resources is required"),
      (
        "[{resources: [], providers: [{identity: {}}]}]",
        "resources[0].resources: Required value: at least one resources[0].resources is required"
      ),
      (
        "[{resources: [secrets, secrets], providers: []}]",
        "[resources[0].resources: Invalid value: [\"secrets\",\"secrets\"]: the same resource cannot be "
          + "specified multiple times, resources[0].providers: Required value: at least one "
          + "resources[0].providers is required]"
      ),
      (
        "[{resources: [secrets, \"*.\"], providers: [{identity: {}}]}]",
        "resources[0].resources: Invalid value: [\"secrets\",\"*.\"]: using overlapping resources such "
          + "as 'secrets' and '*.' in the same resource list is not allowed as they will be masked"
      ),
      (
        "[{resources: [\"*\", Secrets.a, pods.extensions], providers: [{identity: {}}]}]",
        "[resources[0].resources[0]: Invalid value: \"*\": use '*.' to encrypt all the resources from "
          + "core API group or *.* to encrypt all resources, resources[0].resources[1]: Invalid "
          + "value: \"Secrets.a\": resource name should not contain capital letters, "
          + "resources[0].resources[2]: Invalid value: \"pods.extensions\": 'extensions' group has been "
          + "removed and cannot be used for encryption]"
      ),
      (
        "[{resources: [secrets], providers: [{aescbc: {keys: []}}]}]",
        "resources[0].providers[0].aescbc.keys: Required value: at least one keys is required"
      ),
      (
        "[{resources: [secrets], providers: [{aescbc: {keys: [{secret: c2hvcnQ=}]}}]}]",
        "[resources[0].providers[0].aescbc.keys[0].name: Required value: name is a mandatory field "
          + "for a key, resources[0].providers[0].aescbc.keys[0].secret: Invalid value: \"REDACTED\": "
          + "secret is not of the expected length, got 5, expected one of [16 24 32]]"
      ),
      (
        "[{resources: [secrets], providers: [{secretbox: {keys: [{name: a, secret: '?'}]}}]}]",
        "resources[0].providers[0].secretbox.keys[0].secret: Invalid value: \"REDACTED\": secrets must "
          + "be base64 encoded"
      ),
      (
        "[{resources: [secrets], providers: [{aescbc: {keys: [{name: a, secrt: b}]}, identity: {}}]}]",
        "error decoding encryption provider configuration file \"/e.yaml\": strict decoding error: "
          + "unknown field \"resources[0].providers[0].aescbc.keys[0].secrt\""
      ),
    ])
  func encryption(_ resources: String, _ words: String) throws {
    let text =
      "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\n"
      + "resources: \(resources)\n"
    let value = try YAML.parse(text)
    let problem = #expect(throws: Problem.self) {
      try StorageEncryption(value, path: "/e.yaml")
    }
    #expect(problem?.message == words)
  }

  @Test(
    "an audit policy is refused in the server's words",
    arguments: [
      ("rules: []", "loaded illegal policy with 0 rules"),
      ("rules: [{verbs: [get]}]", "rules[0].level: Required value"),
      (
        "rules: [{level: Metdata}]",
        "rules[0].level: Unsupported value: \"Metdata\": supported values: \"Metadata\", \"None\", "
          + "\"Request\", \"RequestResponse\""
      ),
      (
        "omitStages: [Foo]\nrules: [{level: None}]",
        "omitStages[0]: Invalid value: \"Foo\": allowed stages are "
          + "RequestReceived,ResponseStarted,ResponseComplete,Panic"
      ),
      (
        "rules: [{level: None, nonResourceURLs: [healthz, \"/a*b\"], resources: [{group: \"\"}]}]",
        "[rules[0].nonResourceURLs[0]: Invalid value: \"healthz\": non-resource URL rules must begin "
          + "with a '/' character, rules[0].nonResourceURLs[1]: Invalid value: \"/a*b\": non-resource "
          + "URL wildcards '*' must be the final character of the rule, rules[0].nonResourceURLs: "
          + "Invalid value: [\"healthz\",\"/a*b\"]: rules cannot apply to both regular resources and "
          + "non-resource URLs]"
      ),
      (
        "rules: [{level: None, resources: [{group: apps, resourceNames: [a]}]}]",
        "rules[0].resources.resourceNames: Invalid value: [\"a\"]: using resourceNames requires at "
          + "least one resource"
      ),
      (
        "rules: [{level: None, users: me}]",
        "failed decoding: json: cannot unmarshal string into Go struct field "
          + "PolicyRule.rules.users of type []string"
      ),
    ])
  func audit(_ fields: String, _ words: String) throws {
    let value = try YAML.parse("apiVersion: audit.k8s.io/v1\nkind: Policy\n\(fields)\n")
    let problem = #expect(throws: Problem.self) { try AuditPolicy(value) }
    #expect(problem?.message == words)
  }
}
