import Shell

/// The machine's disk and its one partition: `lsblk`, `blkid`.
struct BlockDevices: Program {
  let name: String

  init(_ name: String) { self.name = name }

  private struct Device {
    var name: String
    var type: String
    var number: String
    /// Of a partition.
    var uuid = ""
    var mount = ""
  }

  func run(_ process: Process) async throws -> ExitStatus {
    let machine = process.machine
    let uuid = Self.uuid(of: machine)
    guard name == "lsblk" else {
      let options = try Options(process.arguments, "o,output= s,match-tag= t= L= U= p c=")
      let asked = options.operands
      guard asked.isEmpty || asked.contains("/dev/vda1") else { return 2 }
      try await process.write(
        options["o"] == "value"
          ? (options["s"] == "TYPE" ? "ext4\n" : uuid + "\n")
          : "/dev/vda1: LABEL=\"cloudimg-rootfs\" UUID=\"\(uuid)\" BLOCK_SIZE=\"4096\" "
            + "TYPE=\"ext4\" PARTUUID=\"\(uuid.prefix(8))-01\"\n")
      return 0
    }
    let options = try Options(
      process.arguments,
      "f,fs o,output= n,noheadings d,nodeps p,paths b,bytes a,all l,list r,raw e= t m")
    var devices = [Device(name: "vda", type: "disk", number: "253:0")]
    if !options.has("d") {
      devices.append(Device(name: "vda1", type: "part", number: "253:1", uuid: uuid, mount: "/"))
    }
    let columns =
      (options["o"]?.uppercased()
      ?? (options.has("f")
        ? "NAME,FSTYPE,FSVER,LABEL,UUID,FSAVAIL,FSUSE%,MOUNTPOINTS"
        : "NAME,MAJ:MIN,RM,SIZE,RO,TYPE,MOUNTPOINTS"))
      .split(separator: ",").map(String.init)
    let root = machine.files.root
    let size = Int64(clamping: root.capacity ?? 0)
    let used = Int64(clamping: root.occupied) + Int64(clamping: root.used)
    func cell(_ column: String, _ device: Device) -> String? {
      let isPart = device.type == "part"
      switch column {
      case "NAME":
        let path = (options.has("p") ? "/dev/" : "") + device.name
        return isPart && !options.has("l") && !options.has("r") ? "└─" + path : path
      case "MAJ:MIN": return device.number
      case "RM", "RO": return "0"
      case "SIZE": return options.has("b") ? "\(size)" : Self.size(size)
      case "TYPE": return device.type
      case "MOUNTPOINTS", "MOUNTPOINT": return device.mount
      case "FSTYPE": return isPart ? "ext4" : ""
      case "FSVER": return isPart ? "1.0" : ""
      case "LABEL": return isPart ? "cloudimg-rootfs" : ""
      case "UUID": return device.uuid
      case "FSAVAIL": return isPart ? Self.size(max(0, size - used)) : ""
      case "FSUSE%": return isPart && size > 0 ? "\(used * 100 / size)%" : ""
      case "KNAME": return device.name
      case "PKNAME": return isPart ? "vda" : ""
      case "MODEL", "SERIAL", "PARTLABEL": return ""
      default: return nil
      }
    }
    if let unknown = columns.first(where: { cell($0, devices[0]) == nil }) {
      throw UsageError("unknown column: \(unknown)", hint: false)
    }
    let rows =
      (options.has("n") ? [] : [columns])
      + devices.map { device in columns.map { cell($0, device) ?? "" } }
    let numeric: Set<String> = ["RM", "SIZE", "RO", "FSAVAIL", "FSUSE%"]
    let widths = columns.indices.map { index in
      max(rows.map { $0[index].count }.max() ?? 0, columns[index] == "SIZE" ? 5 : 0)
    }
    try await process.write(
      rows.map { row in
        if options.has("r") { return row.joined(separator: " ") + "\n" }
        return row.enumerated().map { index, text in
          let pad = String(repeating: " ", count: widths[index] - text.count)
          if index == row.count - 1 { return text }
          return (numeric.contains(columns[index]) ? pad + text : text + pad) + " "
        }.joined() + "\n"
      }.joined())
    return 0
  }

  /// In the largest unit that leaves a whole number, or one digit behind the point.
  private static func size(_ bytes: Int64) -> String {
    let units = ["B", "K", "M", "G", "T"]
    var (value, unit) = (Double(bytes), 0)
    while value >= 1024, unit + 1 < units.count {
      value /= 1024
      unit += 1
    }
    let text = DecimalText.fixed(value, 1)
    return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + units[unit]
  }

  /// The file system's, made from the machine's name and seed.
  private static func uuid(of machine: Machine) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ machine.seed
    let digits = (0..<32).map { index -> Character in
      for byte in machine.hostName.utf8 {
        hash = (hash ^ UInt64(byte) ^ UInt64(index)) &* 0x100_0000_01b3
      }
      return Array("0123456789abcdef")[Int(hash >> 32 & 15)]
    }
    return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
      .joined(separator: "-")
  }
}
