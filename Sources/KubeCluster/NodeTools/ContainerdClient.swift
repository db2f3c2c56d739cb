import KubeNode
import KubeObjects
import Linux
import Shell

/// containerd's own client, as far as people look with it: `ctr`.
struct ContainerdClient: Program {
  let name = "ctr"
  nonisolated(unsafe) unowned let host: NodeHost

  init(_ host: NodeHost) { self.host = host }

  func run(_ process: Linux.Process) async throws -> ExitStatus {
    let arguments = ToolArguments(
      process.arguments, values: "namespace,n address,a",
      flags: "quiet,q debug help,h all-platforms")
    let space = arguments["namespace"] ?? process.environment["CONTAINERD_NAMESPACE"] ?? "default"
    guard host.kubelet.isRuntimeUp || host.hasRuntimeWithoutCRI else {
      try await process.writeError(
        "ctr: failed to dial \"/run/containerd/containerd.sock\": context deadline exceeded\n")
      return 1
    }
    // The kubelet's containers and images are in a namespace of their own.
    let isKubernetes = space == "k8s.io"
    let run = RuntimeControlRun(host: host, process: process, arguments: arguments)
    let records = isKubernetes ? run.records : []
    switch (arguments.operands.first, arguments.operands.dropFirst().first ?? "ls") {
    case ("containers", "ls"), ("container", "ls"), ("c", "ls"), ("containers", "list"):
      var rows = [["CONTAINER", "IMAGE", "RUNTIME"]]
      for record in records {
        let image = ImageReference(record.plan.imageName)?.canonical ?? record.plan.imageName
        rows.append([record.plan.id, image, "io.containerd.runc.v2"])
      }
      try await process.write(ToolTable.plain(rows, gap: 4))
    case ("tasks", "ls"), ("task", "ls"), ("t", "ls"), ("tasks", "list"):
      var rows = [["TASK", "PID", "STATUS"]]
      for record in records where record.state == "Running" {
        rows.append([record.plan.id, "\(record.plan.outerProcessID)", "RUNNING"])
      }
      try await process.write(ToolTable.plain(rows, gap: 4))
    case ("images", "ls"), ("image", "ls"), ("i", "ls"), ("images", "list"):
      var rows = [["REF", "TYPE", "DIGEST", "SIZE", "PLATFORMS"]]
      for name in isKubernetes ? host.kubelet.images.sorted() : [] {
        guard let reference = ImageReference(name) else { continue }
        let size = (try? Images.pull(reference).get())?.megabytes ?? 40
        rows.append([
          name, "application/vnd.oci.image.index.v1+json", Images.digest(of: reference),
          "\(size).0 MiB", "linux/amd64",
        ])
      }
      try await process.write(ToolTable.plain(rows, gap: 1))
    case ("namespaces", "ls"), ("namespace", "ls"), ("ns", "ls"), ("namespaces", "list"):
      try await process.write("NAME   LABELS \nk8s.io        \n")
    case ("version", _):
      try await process.write(
        "Client:\n  Version:  v2.2.0\n  Revision: 1c4457e\n\nServer:\n  Version:  v2.2.0\n"
          + "  Revision: 1c4457e\n")
    case (let first, let second):
      try await process.writeError("drydock: not simulated: ctr \(first ?? "") \(second)\n")
      return 1
    }
    return 0
  }
}
