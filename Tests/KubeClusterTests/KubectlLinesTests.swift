import Documents
import Glibc
import Testing

@testable import KubeCluster

/// Lines that a real kubectl 1.33.1 ran against `drydock serve --cluster plain --seed 1`, with what
/// it printed, and the built-in one running the same lines on the same cluster.
@Suite struct KubectlLinesTests {
  struct Story: Sendable, CustomTestStringConvertible {
    let theme: String
    let value: Value
    var testDescription: String { "\(theme)/\(value["name"]?.string ?? "")" }
  }

  static let stories = read(
    in: "kubectl",
    [
      "apply", "auth", "change", "config", "create", "describe", "discover", "errors", "further",
      "get", "learners", "rarer", "rich", "rounds", "states",
    ])

  /// What kubectl 1.33.1 printed on a real cluster of 1.36 whose kubelets were stand-ins.
  static let recordings = read(
    in: "recorded",
    [
      "apply", "auth", "change", "config", "create", "describe", "discover", "errors", "get",
      "nodes", "states",
    ])

  private static func read(in folder: String, _ themes: [String]) -> [Story] {
    themes.flatMap { theme in
      (Recording.value("\(folder)/\(theme).json")["cases"]?.array ?? []).map {
        Story(theme: theme, value: $0)
      }
    }
  }

  @Test("the lines compared are at least fifteen hundred")
  func count() {
    let steps = Self.stories.flatMap { $0.value["steps"]?.array ?? [] }
    #expect(steps.count { $0["unchecked"] == nil && $0["differs"] == nil } >= 1_500)
  }

  @Test("all sessions of a real cluster are compared, and few of their steps left out")
  func recordingsCount() {
    let steps = Self.recordings.flatMap { $0.value["steps"]?.array ?? [] }
    #expect(Self.recordings.count == 34)
    #expect(steps.count { $0["unchecked"] == nil && $0["differs"] == nil } >= 930)
  }

  @Test(
    "the built-in kubectl prints what the real one printed", arguments: stories + recordings)
  func replay(_ story: Story) throws {
    let cluster = Cluster(.plain, seed: 1)
    func sh(_ line: String) -> (status: Int32, output: String, errors: String) {
      cluster.shell.run(line)
    }
    _ = sh("mkdir -p /tmp/case && cd /tmp/case && export EDITOR=true TZ=UTC")
    for (path, text) in story.value["files"]?.object ?? [:] {
      let folder = path.split(separator: "/").dropLast().joined(separator: "/")
      if !folder.isEmpty { _ = sh("mkdir -p \(folder)") }
      _ = sh("cat > '\(path)' <<'RECORDED_END'\n\(text.string ?? "")RECORDED_END")
    }
    if let namespace = story.value["namespace"]?.string {
      _ = sh(
        """
        kubectl create namespace \(namespace)
        kubectl config set-context --current --namespace=\(namespace)
        until kubectl get serviceaccount default -n \(namespace); do sleep 0.2; done
        """)
    }
    for step in story.value["steps"]?.array ?? [] {
      let line = step["cmd"]?.string ?? ""
      if let settle = step["settle"]?.string { _ = sh(settle) }
      let got = sh("( \(line)\n) </dev/null")
      // What hangs on chance or on the pace of clocks is run for what follows it, and not compared.
      if step["unchecked"]?.bool == true { continue }
      let outputs = [step["stdout"]?.string ?? "", step["other"]?.string].compactMap { $0 }
      let isSame =
        Int64(got.status) == step["exit"]?.int
        && outputs.contains { Recording.matches($0, got.output, step) }
        && Recording.matches(step["stderr"]?.string ?? "", got.errors, step)
      if let reason = step["differs"]?.string {
        #expect(!isSame, "no difference any more (\(reason)): \(line)")
        continue
      }
      let comment = """
        $ \(line) [\(got.status)]
        \(got.output)\(got.errors)
        WANTED [\(step["exit"]?.int ?? 0)]
        \(step["stdout"]?.string ?? "")\(step["stderr"]?.string ?? "")
        """
      #expect(isSame, Comment(rawValue: comment))
    }
  }
}

/// Recorded texts in which `<age>`, `<uid-1>` and their kin stand for anything.
enum Recording {
  static func value(_ name: String, file: String = #filePath) -> Value {
    let folder = file.split(separator: "/").dropLast().joined(separator: "/")
    return (try? JSON.parse(bytes("/\(folder)/Fixtures/\(name)"))) ?? .null
  }

  /// `step` may say that only its first lines were kept, or that they come in any order.
  static func matches(_ wanted: String, _ got: String, _ step: Value = .null) -> Bool {
    func lines(_ text: String) -> [String] {
      let all = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      let kept = Array(all.prefix(step["kept"]?.int.map { Int($0) } ?? all.count))
      return step["order"] == nil ? kept : kept.sorted()
    }
    let (left, right) = (lines(wanted), lines(got))
    // A placeholder is not as wide as what it stands for, which moves the columns of all lines.
    let isLoose = step["columns"] != nil
    return left.count == right.count
      && zip(left, right).allSatisfy {
        line($0, $1) || isLoose && squeezed($0) == squeezed($1)
      }
  }

  /// A placeholder matches any text; beside one, blanks count as one.
  private static func line(_ wanted: String, _ got: String) -> Bool {
    if wanted == got { return true }
    let parts = fixedParts(wanted)
    guard parts.count > 1 else { return false }
    var rest = squeezed(got)[...]
    for (position, part) in parts.enumerated() {
      let text = squeezed(part)
      if position == 0 {
        guard rest.hasPrefix(text) else { return false }
        rest = rest.dropFirst(text.count)
      } else if position == parts.count - 1 {
        return text.isEmpty || rest.hasSuffix(text)
      } else if !text.isEmpty {
        guard let found = rest.firstRange(of: text) else { return false }
        rest = rest[found.upperBound...]
      }
    }
    return true
  }

  private static func fixedParts(_ line: String) -> [String] {
    var parts: [String] = []
    var part = ""
    var rest = line[...]
    while let character = rest.first {
      if character == "<", let end = rest.firstIndex(of: ">"),
        isPlaceholder(rest[rest.index(after: rest.startIndex)..<end])
      {
        parts.append(part)
        part = ""
        rest = rest[rest.index(after: end)...]
      } else {
        part.append(character)
        rest = rest.dropFirst()
      }
    }
    return parts + [part]
  }

  private static let placeholders: Set<String> = [
    "age", "container-id", "dir", "event", "hash", "home", "ip", "klog", "kubeconfig", "minute",
    "nodePort", "pem", "pem-base64", "pod", "rv", "server", "server-host", "sha256", "time",
    "tmp-live", "tmp-merged", "token", "uid",
  ]

  private static func isPlaceholder(_ text: Substring) -> Bool {
    let dash = text.lastIndex(of: "-")
    let isNumbered = dash.map { Int(text[text.index(after: $0)...]) != nil } ?? false
    return placeholders.contains(String(isNumbered ? text[..<(dash ?? text.endIndex)] : text))
  }

  private static func squeezed(_ text: String) -> String {
    text.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
  }

  private static func bytes(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
  }
}
