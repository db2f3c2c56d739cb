import Documents
import Shell

/// kubectl kustomize.
enum KustomizeCommand {
  static let specification = CommandSpecification(
    name: "kustomize", usage: "kustomize DIR [flags]",
    summary: "Build a kustomization target from a directory or URL",
    about:
      "Build a set of KRM resources using a 'kustomization.yaml' file. The DIR argument must be "
      + "a path to a directory containing 'kustomization.yaml', or a git repository URL with a "
      + "path suffix specifying same with respect to the repository root. If DIR is omitted, '.' "
      + "is assumed.",
    examples: [("What an overlay makes", "kubectl kustomize overlays/production")],
    flags: Flag.list(
      "as-current-user:bool enable-alpha-plugins:bool enable-helm:bool env,e:array "
        + "helm-api-versions:array helm-command:string=helm helm-debug:bool "
        + "helm-kube-version:string load-restrictor:string=LoadRestrictionsRootOnly mount:array "
        + "network:bool network-name:string=bridge output,o:string"),
    run: { call in
      guard call.arguments.count <= 1 else {
        throw CommandError.text("specify one path to kustomization.yaml")
      }
      let restrictor = call.values.string("load-restrictor")
      guard ["LoadRestrictionsRootOnly", "LoadRestrictionsNone"].contains(restrictor) else {
        throw CommandError.text(
          "illegal flag value --load-restrictor \(restrictor); legal values: "
            + "[LoadRestrictionsRootOnly LoadRestrictionsNone]")
      }
      let objects = try await Kustomization.build(call.arguments.first ?? ".", call)
      let text = objects.map(YAMLText.text).joined(separator: "---\n")
      let file = call.values.string("output")
      if file.isEmpty { return call.output.print(text) }
      do {
        guard !file.hasSuffix("/") else { throw HostError.isDirectory }
        try call.surroundings.writeFile(file, Array(text.utf8))
      } catch let error as HostError {
        let reason = error == .notFound ? "no such file or directory" : error.text.lowercased()
        throw CommandError.text("open \(file): \(reason)")
      }
    })
}
