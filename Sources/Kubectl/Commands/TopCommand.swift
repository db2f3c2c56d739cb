import Documents
import KubeObjects

/// kubectl top.
enum TopCommand {
  static let specification = CommandSpecification(
    name: "top", usage: "top [flags]", summary: "Display resource (CPU/memory) usage",
    about: "Display resource (CPU/memory) usage.\n\n"
      + " This command requires Metrics Server to be correctly configured and working on the "
      + "server.",
    subcommands: [
      CommandSpecification(
        name: "node", aliases: ["nodes", "no"], usage: "node [NAME | -l label]",
        summary: "Display resource (CPU/memory) usage of nodes",
        about: "Display resource (CPU/memory) usage of nodes.",
        examples: [("The busiest first", "kubectl top node --sort-by=cpu")],
        flags: .selector
          + Flag.list(
            "no-headers:bool show-capacity:bool sort-by:string use-protocol-buffers:bool=true"),
        run: nodes),
      CommandSpecification(
        name: "pod", aliases: ["pods", "po"], usage: "pod [NAME | -l label]",
        summary: "Display resource (CPU/memory) usage of pods",
        about: "Display resource (CPU/memory) usage of pods.",
        examples: [("With their containers", "kubectl top pod -A --containers")],
        flags: .selector + .allNamespaces
          + Flag.list(
            "containers:bool field-selector:string no-headers:bool sort-by:string sum:bool "
              + "use-protocol-buffers:bool=true"), run: pods),
    ], isErrorAlone: true)

  private static func checkOrder(_ call: Invocation) throws {
    guard call.arguments.count <= 1 else {
      throw CommandError.usage("\(call.command.name) [NAME | -l label]")
    }
    if !call.arguments.isEmpty, !call.values.string("selector").isEmpty {
      let flag = call.command.name == "node" ? "--selector" : "selector"
      throw CommandError.text("only one of NAME or \(flag) can be provided")
    }
    guard ["", "cpu", "memory"].contains(call.values.string("sort-by")) else {
      throw CommandError.text("--sort-by accepts only cpu or memory")
    }
  }

  private static func metrics(_ call: Invocation, _ path: String, namespace: String = "")
    async throws -> [Value]
  {
    let groups = try await call.mapper().groupVersions
    guard groups.contains(where: { $0.group == "metrics.k8s.io" }) else {
      throw CommandError.text("Metrics API not available")
    }
    let name = call.arguments.first.map { "/" + APIResource.escaped($0) } ?? ""
    var query: APIClient.Query = []
    for (flag, parameter) in [("selector", "labelSelector"), ("field-selector", "fieldSelector")]
    where !call.values.string(flag).isEmpty {
      query.append((parameter, call.values.string(flag)))
    }
    let space = namespace.isEmpty ? "" : "/namespaces/\(namespace)"
    let answer = try await call.client().get(
      "/apis/metrics.k8s.io/v1beta1\(space)/\(path)\(name)", query)
    return name.isEmpty ? answer["items"]?.array ?? [] : [answer]
  }

  private static func quantity(_ value: Value?) -> Quantity {
    value.flatMap { try? Quantity(parsing: $0) } ?? .zero
  }

  private static func cells(_ cpu: Quantity, _ memory: Quantity) -> [String] {
    ["\(cpu.milliValue)m", "\(memory.value / 1_048_576)Mi"]
  }

  static func nodes(_ call: Invocation) async throws {
    try checkOrder(call)
    let items = try await metrics(call, "nodes")
    let list = try await call.client().get(APIResource.nodes.path())
    let member = call.values.bool("show-capacity") ? "capacity" : "allocatable"
    var rows = items.map { item in
      let node = (list["items"]?.array ?? []).first {
        DescribeText.name($0) == DescribeText.name(item)
      }
      return Row(
        name: DescribeText.name(item), cpu: quantity(item[path: "usage", "cpu"]),
        memory: quantity(item[path: "usage", "memory"]),
        room: (
          quantity(node?[path: "status", member, "cpu"]),
          quantity(node?[path: "status", member, "memory"])
        ))
    }
    sort(&rows, by: call.values.string("sort-by"))
    var text =
      call.values.bool("no-headers") ? "" : "NAME\tCPU(cores)\tCPU(%)\tMEMORY(bytes)\tMEMORY(%)\n"
    for row in rows {
      let both = cells(row.cpu, row.memory)
      let shares = [
        share(row.cpu.milliValue, row.room.0.milliValue), share(row.memory.value, row.room.1.value),
      ]
      text += "\(row.name)\t\(both[0])\t\(shares[0])\t\(both[1])\t\(shares[1])\t\n"
    }
    call.output.print(Tabulator.table.align(text))
  }

  private struct Row {
    var name: String
    var cpu: Quantity
    var memory: Quantity
    var room = (Quantity.zero, Quantity.zero)
    var namespace = ""
    var container = ""
  }

  private static func share(_ part: Int64, _ whole: Int64) -> String {
    whole == 0 ? "<unknown>" : "\(Int64(Double(part) / Double(whole) * 100))%"
  }

  private static func sort(_ rows: inout [Row], by order: String) {
    rows = rows.enumerated().sorted { a, b in
      let (x, y) = (a.element, b.element)
      if order == "cpu", x.cpu.milliValue != y.cpu.milliValue { return x.cpu > y.cpu }
      if order == "memory", x.memory.value != y.memory.value { return x.memory > y.memory }
      if x.namespace != y.namespace { return x.namespace < y.namespace }
      return x.name == y.name ? a.offset < b.offset : x.name < y.name
    }.map(\.element)
  }

  static func pods(_ call: Invocation) async throws {
    try checkOrder(call)
    let isEverywhere = call.values.bool("all-namespaces")
    let namespace = try await call.namespace().name
    let items = try await metrics(call, "pods", namespace: isEverywhere ? "" : namespace)
    if items.isEmpty {
      call.output.complainLine(
        isEverywhere ? "No resources found" : "No resources found in \(namespace) namespace.")
      return
    }
    let showsContainers = call.values.bool("containers")
    var rows: [Row] = []
    for item in items {
      var cpu = Quantity.zero
      var memory = Quantity.zero
      for container in item["containers"]?.array ?? [] {
        let own = (
          quantity(container[path: "usage", "cpu"]), quantity(container[path: "usage", "memory"])
        )
        cpu = cpu + own.0
        memory = memory + own.1
        guard showsContainers else { continue }
        rows.append(
          Row(
            name: DescribeText.name(item), cpu: own.0, memory: own.1,
            namespace: DescribeText.namespace(item), container: container["name"]?.string ?? ""))
      }
      guard !showsContainers else { continue }
      rows.append(
        Row(
          name: DescribeText.name(item), cpu: cpu, memory: memory,
          namespace: DescribeText.namespace(item)))
    }
    sort(&rows, by: call.values.string("sort-by"))
    call.output.print(table(rows, call, isEverywhere, showsContainers))
  }

  private static func table(
    _ rows: [Row], _ call: Invocation, _ isEverywhere: Bool, _ showsContainers: Bool
  ) -> String {
    var text = ""
    if !call.values.bool("no-headers") {
      text = isEverywhere ? "NAMESPACE\t" : ""
      text += showsContainers ? "POD\tNAME\t" : "NAME\t"
      text += "CPU(cores)\tMEMORY(bytes)\n"
    }
    var sum = (Quantity.zero, Quantity.zero)
    for row in rows {
      sum = (sum.0 + row.cpu, sum.1 + row.memory)
      let both = cells(row.cpu, row.memory)
      text += isEverywhere ? "\(row.namespace)\t" : ""
      text += "\(row.name)\t" + (showsContainers ? "\(row.container)\t" : "")
      text += "\(both[0])\t\(both[1])\t\n"
    }
    if call.values.bool("sum") {
      let both = cells(sum.0, sum.1)
      let pad = (isEverywhere ? "\t" : "") + (showsContainers ? "\t" : "")
      text += "\(pad)\t________\t________\t\n\(pad)\t\(both[0])\t\(both[1])\t\n"
    }
    return Tabulator.table.align(text)
  }
}
