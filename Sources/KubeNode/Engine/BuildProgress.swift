import Linux
import Shell
import Simulation

/// What a build tells of its steps: podman as they happen, docker as BuildKit's last screen has it.
struct BuildProgress {
  let isPodman: Bool
  /// `--progress=plain`: docker tells of each step, with what it printed.
  let isPlain: Bool
  let isQuiet: Bool

  private var stages: [(name: String, steps: Int)] = []
  private var stage = -1
  private var position = 0
  private var number = 0
  private var total = 0
  private var from = ""
  private var began: Moment?
  private var stepBegan: Moment?
  private var printed: MemoryFile?
  private var lines: [(text: String, time: String)] = []
  private var screen = 5

  /// What BuildKit makes layers of, and so counts.
  private static let counted: Set<String> = ["FROM", "RUN", "COPY", "ADD", "WORKDIR"]
  private static let width = 80

  init(isPodman: Bool, isPlain: Bool, isQuiet: Bool) {
    self.isPodman = isPodman
    self.isPlain = isPlain
    self.isQuiet = isQuiet
  }

  mutating func begin(_ file: Dockerfile) {
    for instruction in file.instructions {
      if instruction.word == "FROM" {
        let words = instruction.rest.split(separator: " ").map(String.init)
        let isNamed = words.count > 2 && words[words.count - 2].lowercased() == "as"
        stages.append((isNamed ? words[words.count - 1] : "stage-\(stages.count)", 0))
      }
      if !stages.isEmpty, Self.counted.contains(instruction.word) {
        stages[stages.count - 1].steps += 1
      }
    }
    total = file.instructions.count { $0.word != "ARG" }
  }

  /// Where RUN's output goes.
  func output(_ process: Linux.Process) -> any OpenFile {
    printed ?? process.standardOutput
  }

  private func title(_ instruction: Dockerfile.Instruction, _ rest: String) -> String {
    guard stages.indices.contains(stage) else { return "\(instruction.word) \(rest)" }
    let own = stages[stage]
    let name = stages.count > 1 ? "\(own.name) " : ""
    var shown = rest
    if instruction.word == "FROM", let base = rest.split(separator: " ").first {
      shown = String(base)
      if let reference = ImageReference(shown), shown != "scratch",
        !stages.prefix(stage).contains(where: { $0.name == shown })
      {
        shown = "\(reference.canonical)@\(Images.digest(of: reference))"
      }
    }
    return "[\(name)\(position)/\(own.steps)] \(instruction.word) \(shown)"
  }

  mutating func start(
    _ instruction: Dockerfile.Instruction, _ rest: String, _ process: Linux.Process
  ) async throws {
    let now = process.machine.now
    if began == nil { began = now }
    stepBegan = now
    if instruction.word == "FROM" {
      stage += 1
      position = 0
    }
    if instruction.word != "ARG" || stage >= 0 { number += 1 }
    guard !isPodman else {
      let title = stages.count > 1 ? "[\(max(0, stage) + 1)/\(stages.count)] " : ""
      if !isQuiet {
        try await process.write(
          "\(title)STEP \(number)/\(total): \(instruction.word) \(rest)\n")
      }
      return
    }
    printed = MemoryFile()
    guard Self.counted.contains(instruction.word) else { return }
    position += 1
    lines.append((title(instruction, rest), ""))
    if isPlain, !isQuiet {
      try await process.writeError("#\(screen) \(lines.last?.text ?? "")\n")
    }
  }

  mutating func end(
    _ instruction: Dockerfile.Instruction, isCached: Bool, _ id: String, _ process: Linux.Process
  ) async throws {
    if isPodman {
      if instruction.word != "FROM", instruction.word != "ARG", !isQuiet {
        try await process.write(
          isCached ? "--> Using cache \(id)\n--> \(id.prefix(12))\n" : "--> \(id.prefix(12))\n")
      }
      return
    }
    guard Self.counted.contains(instruction.word), let last = lines.popLast() else { return }
    let time = seconds(since: stepBegan, process)
    lines.append(((isCached ? "CACHED " : "") + last.text, time))
    guard isPlain, !isQuiet else { return }
    for line in (printed?.text ?? "").split(separator: "\n") {
      try await process.writeError("#\(screen) \(time.dropLast())00 \(line)\n")
    }
    try await process.writeError("#\(screen) \(isCached ? "CACHED" : "DONE \(time)")\n\n")
    screen += 1
  }

  private func seconds(since moment: Moment?, _ process: Linux.Process) -> String {
    let tenths = moment.map { (process.machine.now - $0).nanoseconds / 100_000_000 } ?? 0
    return "\(tenths / 10).\(tenths % 10)s"
  }

  /// The failure with BuildKit's account of it: the step, what it printed, the lines around it.
  func failed(
    _ failure: ImageBuilder.Failure, _ instruction: Dockerfile.Instruction, _ file: Dockerfile,
    _ process: Linux.Process
  ) async throws -> ImageBuilder.Failure {
    if isPodman { return failure }
    if instruction.word == "FROM" {
      return .init(
        text:
          "ERROR: failed to build: failed to solve: \(instruction.rest.split(separator: " ").first ?? ""): failed to resolve source metadata: \(failure.text)"
      )
    }
    var text = ""
    if !isPlain { text += drawn(isFinished: false, process) }
    text += "------\n > \(lines.last?.text ?? ""):\n"
    for line in (printed?.text ?? "").split(separator: "\n").suffix(10) {
      text += "0.000 \(line)\n"
    }
    text += "------\nDockerfile:\(instruction.line)\n--------------------\n"
    for near in file.instructions where abs(near.line - instruction.line) < 3 {
      let mark = near.line == instruction.line ? ">>> " : "    "
      let count = String(near.line)
      text +=
        String(repeating: " ", count: max(0, 4 - count.count)) + count
        + " | \(mark)\(near.word) \(near.rest)\n"
    }
    return .init(
      text: text + "--------------------\nERROR: failed to build: failed to solve: \(failure.text)")
  }

  private func drawn(isFinished: Bool, _ process: Linux.Process) -> String {
    func line(_ text: String, _ time: String) -> String {
      let room = Self.width - time.count - 1
      let cut = text.count > room ? String(text.prefix(room)) : text
      return cut + String(repeating: " ", count: room + 1 - cut.count) + time + "\n"
    }
    let count = lines.count + 4
    let head =
      "[+] Building \(seconds(since: began, process)) (\(isFinished ? count : count - 1)/\(count))"
    var text = line(head + (isFinished ? " FINISHED" : ""), "docker:default")
    text += line(" => [internal] load build definition from Dockerfile", "0.0s")
    text += line(" => [internal] load .dockerignore", "0.0s")
    text += line(" => [internal] load build context", "0.0s")
    for step in lines {
      text += line(
        (step.time.isEmpty ? " => ERROR " : " => ") + step.text,
        step.time.isEmpty ? "0.0s" : step.time)
    }
    return text
  }

  /// The end of a build that made an image.
  func finish(
    _ id: String, _ named: [ImageReference], _ tags: [String], _ process: Linux.Process
  ) async throws {
    if isQuiet {
      try await process.write(isPodman ? "\(id)\n" : "sha256:\(id)\n")
      return
    }
    if isPodman {
      try await process.write(
        "COMMIT\(tags.first.map { " \($0)" } ?? "")\n--> \(id.prefix(12))\n"
          + named.map { "Successfully tagged \($0.canonical)\n" }.joined() + id + "\n")
      return
    }
    if isPlain {
      try await process.writeError(
        "#\(screen) exporting to image\n#\(screen) exporting layers done\n#\(screen) writing image "
          + "sha256:\(id) done\n"
          + named.map { "#\(screen) naming to \($0.canonical) done\n" }.joined()
          + "#\(screen) DONE 0.0s\n")
      return
    }
    var text = drawn(isFinished: true, process)
    for line in [
      "=> exporting to image", "=> => exporting layers", "=> => writing image sha256:\(id)",
    ]
      + named.map({ "=> => naming to \($0.canonical)" })
    {
      let room = Self.width - 5
      let cut = " " + line.prefix(room - 1)
      text += cut + String(repeating: " ", count: room + 1 - cut.count) + "0.0s\n"
    }
    try await process.writeError(text)
  }
}
