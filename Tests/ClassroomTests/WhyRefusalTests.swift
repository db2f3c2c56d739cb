import Testing

@testable import Classroom

/// `why` after a refused write.
@Suite struct WhyRefusalTests {
  private static let manifest = """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      replicas: -1
      selector:
        matchLabels: {app: web}
      template:
        metadata:
          labels: {app: web}
        spec:
          containers:
          - name: web
            image: ""
    """

  @Test("why shows each cause at its line and column of the file")
  func file() throws {
    let pupil = try Pupil("single")
    try pupil.say("cat > web.yaml <<'EOF'\n\(Self.manifest)\nEOF")
    try pupil.say("kubectl apply -f web.yaml")
    let why = try pupil.say("why")
    #expect(why.contains("refused to create Deployment web: 422 Invalid"))
    #expect(why.contains("└ spec.replicas: Invalid value: -1"))
    #expect(why.contains("→ web.yaml:6:3\n"))
    #expect(why.contains("→ web.yaml:15:9\n"))
  }

  @Test("why points into a here-document, and at a field that is not there")
  func hereDocument() throws {
    let pupil = try Pupil("single")
    let text = Self.manifest.replacing("replicas: -1", with: "replica: 1")
    try pupil.say("kubectl apply -f - <<EOF\n\(text)\nEOF")
    let why = try pupil.say("why")
    #expect(why.contains("unknown field"))
    #expect(why.contains("→ <<EOF:6:3\n"))
  }

  @Test(
    "why finds the file however kubectl came to it",
    arguments: [
      ("kubectl apply -f web.yaml; echo x", "web.yaml:6:3"),
      ("kubectl apply -f sub/", "sub/web.yaml:6:3"),
      ("kubectl apply -f 'sub/*.yaml'", "sub/web.yaml:6:3"),
      ("kubectl apply -f ok.yaml -f web.yaml", "web.yaml:6:3"),
      ("kubectl apply -f ok.yaml,web.yaml", "web.yaml:6:3"),
      ("kubectl apply -k sub", "sub/web.yaml:6:3"),
      ("for f in *.yaml; do kubectl apply -f $f; done", "web.yaml:6:3"),
      ("cat web.yaml | kubectl apply -f -", "web.yaml:6:3"),
      ("kubectl apply -f - < web.yaml", "web.yaml:6:3"),
      ("cd sub && kubectl apply -f ../web.yaml; cd", "web.yaml:6:3"),
    ])
  func ways(line: String, place: String) throws {
    let pupil = try Pupil("single")
    try pupil.say(
      "mkdir sub; cat > web.yaml <<'EOF'\n\(Self.manifest)\nEOF\ncp web.yaml sub; "
        + "kubectl create cm ok --dry-run=client -o yaml > ok.yaml; "
        + "printf 'namePrefix: my-\\nresources: [web.yaml]\\n' > sub/kustomization.yaml")
    try pupil.say(line)
    try pupil.say("ls")
    let why = try pupil.say("why")
    #expect(why.contains("→ \(place)\n"), "\(why)")
  }
}
