import Documents
import Testing

@testable import KubeNetwork

/// What path of what type leads where, as the Ingress documentation and ingress-nginx tell.
@Suite struct IngressConfigurationTests {
  private static func ingress(
    _ name: String, host: String = "", paths: [(String, String, String)],
    annotations: [String: String] = [:], tls: [(String, String)] = [], at second: Int = 0
  ) -> Value {
    var marks: [String: String] = [:]
    for (key, value) in annotations { marks[IngressAnnotations.prefix + key] = value }
    var rule: Value = [
      "http": [
        "paths": .array(
          paths.map { path, type, service in
            [
              "path": .string(path), "pathType": .string(type),
              "backend": ["service": ["name": .string(service), "port": ["number": 80]]],
            ]
          })
      ]
    ]
    if !host.isEmpty { rule["host"] = .string(host) }
    return [
      "metadata": [
        "name": .string(name), "namespace": "default", "annotations": .strings(marks),
        "creationTimestamp": .string("2026-06-01T09:00:0\(second)Z"),
      ],
      "spec": [
        "rules": [rule],
        "tls": .array(
          tls.map { ["hosts": [.string($0.0)], "secretName": .string($0.1)] }),
      ],
    ]
  }

  private static func service(
    _ configuration: IngressConfiguration, _ host: String, _ path: String
  ) -> String {
    configuration.server(for: host)?.location(for: path)?.location.backend?.service ?? "404"
  }

  @Test(
    "a path of each type matches what the documentation says",
    arguments: [
      ("Prefix", "/", "/anything", true), ("Prefix", "/foo", "/foo", true),
      ("Prefix", "/foo", "/foo/", true), ("Prefix", "/foo/", "/foo/bar", true),
      ("Prefix", "/foo", "/foobar", false), ("Prefix", "/aaa/bb", "/aaa/bbb", false),
      ("Prefix", "/aaa/bbb", "/aaa/bbb/ccc", true), ("Prefix", "/foo", "/bar", false),
      ("Exact", "/foo", "/foo", true), ("Exact", "/foo", "/foo/", false),
      ("Exact", "/foo/", "/foo", false), ("Exact", "/foo", "/bar", false),
      ("ImplementationSpecific", "/foo", "/foobar", true),
      ("ImplementationSpecific", "/foo", "/fo", false),
    ])
  func types(_ type: String, _ path: String, _ asked: String, _ matches: Bool) {
    let configuration = IngressConfiguration([
      Self.ingress("a", host: "a.example", paths: [(path, type, "web")])
    ])
    let found = Self.service(configuration, "a.example", asked)
    #expect(found == (matches ? "web" : "404"))
  }

  @Test(
    "exact goes before prefix, and the longer prefix before the shorter",
    arguments: [
      ("/", "root"), ("/shop", "exact"), ("/shop/", "shop"), ("/shop/cart", "cart"),
      ("/shop/cart/1", "cart"), ("/shop/carts", "shop"), ("/other", "root"),
    ])
  func precedence(_ path: String, _ service: String) {
    let configuration = IngressConfiguration([
      Self.ingress(
        "a", host: "a.example",
        paths: [
          ("/", "Prefix", "root"), ("/shop", "Prefix", "shop"), ("/shop/cart", "Prefix", "cart"),
          ("/shop", "Exact", "exact"),
        ])
    ])
    #expect(Self.service(configuration, "a.example", path) == service)
  }

  @Test(
    "a wildcard host covers one label, and a precise name goes first",
    arguments: [
      ("a.example", "precise"), ("b.example", "wild"), ("x.b.example", "any"), ("example", "any"),
      ("B.EXAMPLE", "wild"), ("other", "any"),
    ])
  func hosts(_ host: String, _ service: String) {
    let configuration = IngressConfiguration([
      Self.ingress("w", host: "*.example", paths: [("/", "Prefix", "wild")]),
      Self.ingress("p", host: "a.example", paths: [("/", "Prefix", "precise")]),
      Self.ingress("n", paths: [("/", "Prefix", "any")]),
    ])
    #expect(Self.service(configuration, host, "/") == service)
  }

  @Test("the older Ingress keeps a path that two of them want")
  func conflict() {
    let configuration = IngressConfiguration([
      Self.ingress("a", host: "a.example", paths: [("/", "Prefix", "young")], at: 5),
      Self.ingress("z", host: "a.example", paths: [("/", "Prefix", "old")], at: 1),
    ])
    #expect(Self.service(configuration, "a.example", "/") == "old")
    #expect(configuration.warnings.count == 1)
  }

  @Test("one rewrite makes every path of its host an expression without regard to case")
  func expressions() {
    let configuration = IngressConfiguration([
      Self.ingress(
        "a", host: "a.example", paths: [("/api(/|$)(.*)", "ImplementationSpecific", "api")],
        annotations: ["rewrite-target": "/$2", "use-regex": "true"]),
      Self.ingress("b", host: "a.example", paths: [("/shop", "Exact", "shop")]),
    ])
    #expect(Self.service(configuration, "a.example", "/api/v1") == "api")
    #expect(Self.service(configuration, "a.example", "/API") == "api")
    #expect(Self.service(configuration, "a.example", "/apis") == "404")
    // The known pitfall: Exact is none any more.
    #expect(Self.service(configuration, "a.example", "/shopping") == "shop")
  }

  @Test("a host's certificate is that of the tls entry that lists it")
  func certificates() {
    let configuration = IngressConfiguration([
      Self.ingress(
        "a", host: "a.example", paths: [("/", "Prefix", "web")], tls: [("a.example", "cert-a")]),
      Self.ingress(
        "b", host: "b.example", paths: [("/", "Prefix", "web")], tls: [("c.example", "cert-c")]),
    ])
    #expect(configuration.server(for: "a.example")?.certificate == "default/cert-a")
    #expect(configuration.server(for: "b.example")?.hasTLS == false)
  }

  @Test("a canary stands beside the same host and path of another Ingress, and nowhere else")
  func canaries() {
    let configuration = IngressConfiguration([
      Self.ingress("a", host: "a.example", paths: [("/", "Prefix", "web")]),
      Self.ingress(
        "b", host: "a.example", paths: [("/", "Prefix", "new"), ("/x", "Prefix", "new")],
        annotations: ["canary": "true", "canary-weight": "20"]),
    ])
    let location = configuration.server(for: "a.example")?.location(for: "/")?.location
    #expect(location?.backend?.service == "web")
    #expect(location?.canaries.map(\.backend.service) == ["new"])
    #expect(configuration.warnings.count == 1)
  }

  @Test(
    "a class is wanted by spec or by the old annotation",
    arguments: [
      ("nginx", "", true), ("", "nginx", true), ("other", "", false), ("", "other", false),
      ("", "", false), ("missing", "", false),
    ])
  func classes(_ spec: String, _ annotation: String, _ isOwn: Bool) {
    var ingress: Value = ["metadata": ["name": "a", "namespace": "default"], "spec": [:]]
    if !spec.isEmpty { ingress["spec"]?["ingressClassName"] = .string(spec) }
    if !annotation.isEmpty {
      ingress["metadata"]?["annotations"] = ["kubernetes.io/ingress.class": .string(annotation)]
    }
    let classes: [Value] = [
      ["metadata": ["name": "nginx"], "spec": ["controller": "k8s.io/ingress-nginx"]],
      ["metadata": ["name": "other"], "spec": ["controller": "example.com/other"]],
    ]
    let verdict = IngressSelection().verdict(ingress, classes: classes)
    if case .own = verdict { #expect(isOwn) } else { #expect(!isOwn, "\(verdict)") }
  }

  @Test(
    "sizes are read as nginx reads them",
    arguments: [("1m", 1 << 20), ("8k", 8192), ("0", 0), ("100", 100), ("2G", 2 << 30)])
  func sizes(_ text: String, _ bytes: Int) {
    #expect(IngressAnnotations.size(text) == bytes)
  }
}
