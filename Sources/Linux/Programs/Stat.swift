import Shell
import Simulation

/// Shows what is known of files.
struct Stat: Program {
  let name = "stat"

  func run(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments, "c,format= L,dereference f,file-system t,terse printf=")
    guard !options.operands.isEmpty else { throw UsageError("missing operand") }
    var status: ExitStatus = 0
    for path in options.operands {
      if options.has("f"),
        let place = try? process.machine.files.walk(
          path, in: process.directory, process.caller)
      {
        try await process.write(Self.fileSystem(path, place.mount.fileSystem, options["c"]))
        continue
      }
      guard
        let place = try? process.machine.files.walk(
          path, in: process.directory, process.caller, followingLast: options.has("L")),
        let inode = place.inode
      else {
        try await process.complain(
          "cannot statx '\(path)': \(process.failure(of: path).text)",
          busyBox: "can't stat '\(path)': \(process.failure(of: path).text)")
        status = 1
        continue
      }
      let facts = Facts(path, place, inode, process)
      if let format = options["c"] {
        try await process.write(facts.formatted(Array(format.utf8)) + [.newline])
      } else if let format = options["printf"] {
        try await process.write(facts.formatted(BackslashEscapes.expand(Array(format.utf8)).0))
      } else if options.has("t") {
        try await process.write(
          facts.formatted(Array("%n %s %b %f %u %g %d %i %h 0 0 %X %Y %Z 4096\n".utf8)))
      } else {
        try await process.write(facts.whole)
      }
    }
    return status
  }

  /// What statfs tells; ext4's and overlayfs' numbers.
  private static func fileSystem(
    _ path: String, _ system: FileSystem, _ format: String?
  ) -> String {
    let blocks = (system.capacity ?? 20 << 30) / 4096
    let used = min(blocks, system.occupied / 4096)
    let inodes = blocks / 4
    let free = max(0, inodes - system.inodeCount)
    let kinds = [
      "overlay": "794c7630", "tmpfs": "1021994", "proc": "9fa0", "sysfs": "62656572",
      "cgroup2": "63677270",
    ]
    let names = ["overlay": "overlayfs", "cgroup2": "cgroup2fs"]
    let kind = kinds[system.type] ?? "ef53"
    let name = names[system.type] ?? (kind == "ef53" ? "ext2/ext3" : system.type)
    guard let format else {
      func padded(_ number: Int) -> String {
        "\(number)" + String(repeating: " ", count: max(0, 10 - "\(number)".count))
      }
      return """
          File: "\(path)"
            ID: 0        Namelen: 255     Type: \(name)
        Block size: 4096       Fundamental block size: 4096
        Blocks: Total: \(padded(blocks)) Free: \(padded(blocks - used)) Available: \(blocks - used)
        Inodes: Total: \(padded(inodes)) Free: \(free)

        """
    }
    var text = ""
    var letters = format[...]
    while let letter = letters.popFirst() {
      guard letter == "%", let directive = letters.popFirst() else {
        text.append(letter)
        continue
      }
      let part =
        switch directive {
        case "n": path
        case "T": name
        case "t": kind
        case "l": "255"
        case "s", "S": "4096"
        case "b": "\(blocks)"
        case "f", "a": "\(blocks - used)"
        case "c": "\(inodes)"
        case "d": "\(free)"
        case "i": "0"
        case "%": "%"
        default: "?"
        }
      text += part
    }
    return text + "\n"
  }

  private struct Facts {
    let path: String
    let inode: Inode
    let status: FileStatus
    let user: String
    let group: String

    init(_ path: String, _ place: Place, _ inode: Inode, _ process: Process) {
      self.path = path
      self.inode = inode
      status = process.machine.files.status(of: place)
      user = process.machine.accounts.userName(inode.owner)
      group = process.machine.accounts.groupName(inode.group)
    }

    private var kind: String {
      switch status.kind {
      case .file: status.size == 0 ? "regular empty file" : "regular file"
      case .directory: "directory"
      case .link: "symbolic link"
      case .pipe: "fifo"
      case .characterDevice: "character special file"
      case .socket: "socket"
      }
    }

    private func time(_ nanoseconds: Int64) -> String {
      Calendar(Moment(nanoseconds: nanoseconds)).formatted("%Y-%m-%d %H:%M:%S.%N %z")
    }

    private var number: UInt64 { status.identity & 0xFF_FFFF_FFFF }
    private var device: UInt64 { status.identity >> 40 }
    private var octal: String { String(status.mode, radix: 8) }
    private var blocks: Int { (status.size + 4095) / 4096 * 8 }

    private func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func right(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private var shownName: String {
      if case .link(let target) = inode.kind { return "\(path) -> \(target)" }
      return path
    }

    var whole: String {
      let zeros = String(repeating: "0", count: max(0, 4 - octal.count))
      return """
          File: \(shownName)
          Size: \(padded("\(status.size)", 9)) \tBlocks: \(padded("\(blocks)", 10)) IO Block: 4096   \
        \(kind)
        Device: 0,\(device)\tInode: \(padded("\(number)", 11)) Links: \(inode.links)
        Access: (\(zeros)\(octal)/\(FileMode.text(status)))  Uid: (\(right("\(status.owner)", 5))/\
        \(right(user, 8)))   Gid: (\(right("\(status.group)", 5))/\(right(group, 8)))
        Access: \(time(inode.accessed))
        Modify: \(time(inode.modified))
        Change: \(time(inode.changed))
         Birth: \(time(inode.changed))

        """
    }

    func formatted(_ format: [UInt8]) -> [UInt8] {
      var found: [UInt8] = []
      var index = 0
      while index < format.count {
        let byte = format[index]
        index += 1
        guard byte == UInt8(ascii: "%"), index < format.count else {
          found.append(byte)
          continue
        }
        found += Array(directive(format[index]).utf8)
        index += 1
      }
      return found
    }

    private func directive(_ letter: UInt8) -> String {
      switch Character(Unicode.Scalar(letter)) {
      case "n": path
      case "N": "'\(path)'"
      case "s": "\(status.size)"
      case "a": octal
      case "A": FileMode.text(status)
      case "U": user
      case "u": "\(status.owner)"
      case "G": group
      case "g": "\(status.group)"
      case "F": kind
      case "i": "\(number)"
      case "h": "\(inode.links)"
      case "b": "\(blocks)"
      case "B": "512"
      case "d": "\(device)"
      case "f": String(status.mode | (status.kind == .directory ? 0o40000 : 0o100000), radix: 16)
      case "y": time(inode.modified)
      case "Y": "\(inode.modified / 1_000_000_000)"
      case "x": time(inode.accessed)
      case "X": "\(inode.accessed / 1_000_000_000)"
      case "z": time(inode.changed)
      case "Z": "\(inode.changed / 1_000_000_000)"
      case "m": "/"
      case "%": "%"
      default: "?"
      }
    }
  }
}
