import Documents
import KubeNode
import KubeObjects
import Linux
import Shell

/// Looks at containers below containerd: `runc`.
struct RuntimeCommand: Program {
  let name = "runc"
  nonisolated(unsafe) unowned let host: NodeHost

  init(_ host: NodeHost) { self.host = host }

  /// Where containerd keeps the states of the kubelet's containers.
  private static let root = "/run/containerd/runc/k8s.io"

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    let arguments = ToolArguments(
      process.arguments, values: "root log log-format format,f",
      flags: "debug systemd-cgroup quiet,q version,v help,h")
    if arguments.has("version") {
      try await process.write(
        "runc version 1.3.3\ncommit: v1.3.3-0-gd842d771\nspec: 1.2.1\ngo: go1.24.10\n"
          + "libseccomp: 2.5.5\n")
      return 0
    }
    guard process.caller.user == 0 else {
      try await process.writeError("ERRO[0000] rootless container requires user namespaces\n")
      return 1
    }
    let run = RuntimeControlRun(host: host, process: process, arguments: arguments)
    let isKubelet = (arguments["root"] ?? "/run/runc").hasPrefix(Self.root)
    let records = isKubelet ? run.records.filter { $0.state == "Running" } : []
    switch arguments.operands.first {
    case "list", "ls":
      if arguments.has("quiet") {
        try await process.write(records.map { $0.plan.id + "\n" }.joined())
        return 0
      }
      if arguments["format"] == "json" {
        try await process.write(JSON.text(.array(records.map(state))) + "\n")
        return 0
      }
      let rows =
        [["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"]]
        + records.map { record in
          [
            record.plan.id, "\(record.plan.outerProcessID)", "running", Self.bundle(record),
            record.created.rfc3339Nano, "root",
          ]
        }
      // Go's tabwriter with columns of at least twelve.
      let widths = (0..<6).map { column in max(12, (rows.map { $0[column].count }.max() ?? 0) + 3) }
      for row in rows {
        let cells = row.enumerated().map { index, cell in
          index == 5 ? cell : cell + String(repeating: " ", count: widths[index] - cell.count)
        }
        try await process.write(cells.joined() + "\n")
      }
    case "state":
      let id = arguments.operands.dropFirst().first ?? ""
      guard let record = records.first(where: { $0.plan.id == id }) else {
        try await process.writeError("ERRO[0000] container does not exist\n")
        return 1
      }
      try await process.write(JSON.text(state(record), .init(indent: "  ")) + "\n")
    case let verb:
      try await process.writeError("drydock: not simulated: runc \(verb ?? "")\n")
      return 1
    }
    return 0
  }

  private static func bundle(_ record: RuntimeControlRun.Record) -> String {
    "/run/containerd/io.containerd.runtime.v2.task/k8s.io/\(record.plan.id)"
  }

  private func state(_ record: RuntimeControlRun.Record) -> Value {
    [
      "ociVersion": "1.2.1", "id": .string(record.plan.id),
      "pid": .int(Int64(record.plan.outerProcessID)), "status": "running",
      "bundle": .string(Self.bundle(record)), "rootfs": .string(Self.bundle(record) + "/rootfs"),
      "created": .string(record.created.rfc3339Nano), "owner": "",
    ]
  }
}
