/// Every command of kubectl, in kubectl's order.
enum Commands {
  /// A heading of the root's help and what stands below it.
  struct Group {
    let title: String
    let commands: [CommandSpecification]
  }

  static let groups: [Group] = [
    Group(
      title: "Basic Commands (Beginner):",
      commands: [
        CreateCommand.specification, ExposeCommand.specification, RunCommand.specification,
        SetCommand.specification,
      ]),
    Group(
      title: "Basic Commands (Intermediate):",
      commands: [
        ExplainCommand.specification, GetCommand.specification, EditCommand.specification,
        DeleteCommand.specification,
      ]),
    Group(
      title: "Deploy Commands:",
      commands: [
        RolloutCommand.specification, ScaleCommand.specification, AutoscaleCommand.specification,
      ]),
    Group(
      title: "Cluster Management Commands:",
      commands: [
        CertificateCommand.specification, ClusterInfoCommand.specification,
        TopCommand.specification, CordonCommand.cordon, CordonCommand.uncordon,
        DrainCommand.specification, TaintCommand.specification,
      ]),
    Group(
      title: "Troubleshooting and Debugging Commands:",
      commands: [
        DescribeCommand.specification, LogsCommand.specification, AttachCommand.specification,
        ExecCommand.specification, PortForwardCommand.specification, ProxyCommand.specification,
        CopyCommand.specification, AuthCommand.specification, DebugCommand.specification,
        EventsCommand.specification,
      ]),
    Group(
      title: "Advanced Commands:",
      commands: [
        DiffCommand.specification, ApplyCommand.specification, PatchCommand.specification,
        ReplaceCommand.specification,
        WaitCommand.specification, KustomizeCommand.specification,
      ]),
    Group(
      title: "Settings Commands:",
      commands: [
        LabelCommand.specification, AnnotateCommand.specification,
        CompletionCommand.specification,
      ]),
    Group(
      title: "Other Commands:",
      commands: [
        APIResourcesCommand.specification, APIVersionsCommand.specification,
        ConfigCommand.specification, OptionsCommand.plugin, VersionCommand.specification,
      ]),
  ]

  static let root: CommandSpecification = CommandSpecification(
    name: "kubectl", usage: "[flags]",
    summary: "kubectl controls the Kubernetes cluster manager",
    about: "kubectl controls the Kubernetes cluster manager.",
    subcommands: groups.flatMap(\.commands) + [
      OptionsCommand.specification, OptionsCommand.help, OptionsCommand.alpha,
    ])
}
