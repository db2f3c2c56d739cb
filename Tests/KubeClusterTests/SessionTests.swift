import Foundation
import Linux
import Testing

@testable import KubeCluster

/// Transcripts of machines, as the real ones gave them: `Fixtures/sessions/*.session`.
///
/// A file's head names the place: `@ image busybox:1.37 sh` is a container and the shell that reads
/// the lines, `@ workstation` the learner's own; `@ cluster` begins a line that makes what the rest
/// needs, `@ setup` is a file of lines that lay out the folder of which every line gets a fresh copy.
/// Then come lines behind `$ `, what they print (standard output before standard error), and
/// `=> n` where the status is not 0. `…` ends an output of which only the beginning is told, `%`
/// one that ends without a newline; `# ` comments.
struct SessionFile {
  struct Step {
    var line: String
    var output = ""
    var status: Int32 = 0
    var isOpen = false
  }

  var name = ""
  var image: String?
  var shell = "sh"
  var cluster: [String] = []
  var setup = ""
  var steps: [Step] = []

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures/sessions")

  static let names: [String] = {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return all.filter { $0.hasSuffix(".session") }.sorted()
  }()

  init(_ name: String) throws {
    self.name = name
    let text = try String(contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8)
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      if line.hasPrefix("# "), steps.isEmpty { continue }
      if line.hasPrefix("@ "), steps.isEmpty {
        try readHead(line.dropFirst(2).split(separator: " ", maxSplits: 1).map(String.init))
      } else if line.hasPrefix("$ ") {
        steps.append(Step(line: String(line.dropFirst(2))))
      } else if !steps.isEmpty {
        read(line, into: &steps[steps.count - 1])
      }
    }
  }

  private mutating func readHead(_ words: [String]) throws {
    let value = words.count > 1 ? words[1] : ""
    switch words.first {
    case "image":
      let parts = value.split(separator: " ").map(String.init)
      image = parts.first
      if parts.count > 1 { shell = parts[1] }
    case "cluster": cluster.append(value)
    case "setup":
      setup = try String(
        contentsOf: Self.folder.appendingPathComponent(value), encoding: .utf8)
    default: break
    }
  }

  private func read(_ line: Substring, into step: inout Step) {
    if line == "…" {
      step.isOpen = true
    } else if line == "%" {
      step.output.removeLast()
    } else if line.hasPrefix("=> "), let status = Int32(line.dropFirst(3)) {
      step.status = status
    } else {
      step.output += line + "\n"
    }
  }

  /// A script that runs every line in a folder of its own, with the answers between marks.
  var driver: String {
    var text = "mkdir -p /c /t\n"
    for (index, step) in steps.enumerated() {
      text += "cat > /c/\(10_000 + index) <<'EOF__'\n\(step.line)\nEOF__\n"
    }
    return text + setup + """
      for f in /c/*; do
        rm -rf /w /tmp; mkdir -m 1777 /tmp; cp -a /w0 /w; cd /w
        \(shell) -c "$(cat $f)" </dev/null >/t/o 2>/t/e
        s=$?
        cd /
        printf '\\001%s\\n' "$s"; cat /t/o /t/e
      done
      printf '\\001'

      """
  }
}

@Suite struct SessionTests {
  @Test("a machine answers as its transcript says", arguments: SessionFile.names)
  func transcript(_ name: String) throws {
    let file = try SessionFile(name)
    let cluster = Cluster(.single, seed: 6)
    for line in file.cluster { _ = cluster.shell.run(line) }
    if file.image == nil, !file.setup.isEmpty { _ = cluster.shell.run(file.setup) }
    let answers =
      file.image == nil
      ? file.steps.map { step in
        let result = cluster.shell.run(step.line)
        return (result.status, result.output + result.errors)
      }
      : try inContainer(file, cluster)
    try #require(answers.count == file.steps.count, "\(answers.count) answers")
    var misses: [String] = []
    for (step, (status, output)) in zip(file.steps, answers) {
      let isSame = step.isOpen ? output.hasPrefix(step.output) : output == step.output
      if !isSame || status != step.status {
        misses.append(
          "$ \(step.line)\n--- told [\(step.status)]\n\(step.output)--- got [\(status)]\n\(output)")
      }
    }
    #expect(misses.isEmpty, "\(misses.count) of \(name):\n\(misses.joined(separator: "\n"))")
  }

  private func inContainer(
    _ file: SessionFile, _ cluster: Cluster
  ) throws -> [(Int32, String)] {
    let image = file.image ?? ""
    let script = """
      kubectl run bb --image=\(image) --command -- sleep 100000 >/dev/null
      kubectl wait --for=condition=Ready pod/bb --timeout=3m >/dev/null
      cat > /tmp/driver <<'DRIVER__'
      \(file.driver)
      DRIVER__
      kubectl exec -i bb -- sh -c 'cat > /driver.sh; sh /driver.sh' < /tmp/driver
      """
    let result = cluster.shell.run(script)
    #expect(result.errors.isEmpty, "\(result.errors.prefix(500))")
    return result.output.split(separator: "\u{1}", omittingEmptySubsequences: false)
      .dropFirst().dropLast().map { part in
        let end = part.firstIndex(of: "\n") ?? part.endIndex
        return (Int32(part[..<end]) ?? -1, String(part[end...].dropFirst()))
      }
  }

  @Test("every program has a line in some transcript")
  func programs() throws {
    var typed: Set<String> = []
    for name in SessionFile.names {
      for step in try SessionFile(name).steps {
        let words = step.line.split { !($0.isLetter || $0.isNumber || "-_.[+".contains($0)) }
        typed.formUnion(words.map(String.init))
      }
    }
    let missing = Programs.all.map(\.name).filter { !typed.contains($0) }
    #expect(missing.isEmpty, "without a line: \(missing.sorted().joined(separator: " "))")
  }
}
