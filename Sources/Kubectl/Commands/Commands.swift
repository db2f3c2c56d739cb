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
      ]),
    Group(
      title: "Basic Commands (Intermediate):",
      commands: [
        GetCommand.specification, EditCommand.specification, DeleteCommand.specification,
      ]),
    Group(
      title: "Deploy Commands:",
      commands: [ScaleCommand.specification]),
    Group(
      title: "Troubleshooting and Debugging Commands:",
      commands: [DescribeCommand.specification]),
    Group(
      title: "Advanced Commands:",
      commands: [
        ApplyCommand.specification, PatchCommand.specification, ReplaceCommand.specification,
      ]),
    Group(
      title: "Settings Commands:",
      commands: [LabelCommand.specification, AnnotateCommand.specification]),
  ]

  static let root = CommandSpecification(
    name: "kubectl", usage: "[flags]",
    summary: "kubectl controls the Kubernetes cluster manager",
    about: "kubectl controls the Kubernetes cluster manager.",
    subcommands: groups.flatMap(\.commands))
}
