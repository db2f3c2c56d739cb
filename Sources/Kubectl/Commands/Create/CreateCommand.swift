import Documents

/// kubectl create: objects of files, and the subcommands for single kinds.
enum CreateCommand {
  static let specification = CommandSpecification(
    name: "create", usage: "create -f FILENAME",
    summary: "Create a resource from a file or from stdin",
    about: "Create a resource from a file or from stdin.\n\n"
      + " JSON and YAML formats are accepted.",
    examples: [
      ("What a file describes", "kubectl create -f pod.yaml"),
      ("What comes down a pipe", "cat pod.yaml | kubectl create -f -"),
    ],
    flags: .printing + .filename + .dryRun + .validate + .saveConfig + .selector
      + .manager("kubectl-create") + Flag.list("edit:bool raw:string windows-line-endings:bool"),
    subcommands: [
      CreateClusterRole.specification, CreateClusterRoleBinding.specification,
      CreateConfigMap.specification, CreateCronJob.specification, CreateDeployment.specification,
      CreateIngress.specification, CreateJob.specification, CreateNamespace.specification,
      CreatePodDisruptionBudget.specification, CreatePriorityClass.specification,
      CreateQuota.specification, CreateRole.specification, CreateRoleBinding.specification,
      CreateSecret.specification, CreateService.specification, CreateServiceAccount.specification,
      CreateToken.specification,
    ], run: run)

  static func run(_ call: Invocation) async throws {
    let values = call.values
    let files = values.strings("filename")
    if !call.arguments.isEmpty {
      throw CommandError.usage("Unexpected args: \(Go.list(call.arguments))")
    }
    guard !files.isEmpty || !values.string("kustomize").isEmpty else {
      throw CommandError.text("must specify one of -f and -k")
    }
    if values.changed("raw") {
      if values.bool("edit") {
        throw CommandError.text("--raw and --edit are mutually exclusive")
      }
      try RawRequest.check(call, needsFile: true)
      let body =
        files[0] == "-"
        ? try await call.surroundings.readInput() : try await DataSources.read(files[0], call)
      return call.output.print(
        try await RawRequest.send(call, "POST", values.string("raw"), body: body))
    }
    let dryRun = try call.dryRun()
    try Writing.check(call)
    let printer = try await ResultPrinter(call, operation: "created", dryRun: dryRun)
    var selection = Selection(call, arguments: [])
    selection.selectsAll = false
    var findings = try await selection.find(call)
    if values.bool("edit") {
      try findings.check()
      let editing = Editing(
        call: call, format: try await OutputFormat.parse(call, .edited), target: .creation)
      for info in findings.infos { try await editing.edit([info]) }
      return
    }
    var count = 0
    for var info in findings.infos {
      do {
        LastApplied.update(&info.object, isAsked: values.bool("save-config"))
        if dryRun != .client {
          do {
            info.refresh(
              try await call.client().send(
                "POST", info.resource.path(namespace: info.namespace),
                Writing(call).query(dryRun: dryRun), body: info.unversioned
              ).value)
          } catch {
            throw CommandError.adding("creating", source: info.source, to: error)
          }
        }
        count += 1
        try printer.print(info)
      } catch {
        if case CommandError.connection = error { throw error }
        findings.errors.append(error)
      }
    }
    try findings.check()
    if count == 0 { throw CommandError.text("no objects passed to create") }
  }
}
