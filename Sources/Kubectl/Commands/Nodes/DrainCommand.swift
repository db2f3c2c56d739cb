import Documents
import KubeObjects
import Simulation

/// kubectl drain.
enum DrainCommand {
  static let specification = CommandSpecification(
    name: "drain", usage: "drain NODE", summary: "Drain node in preparation for maintenance",
    about: "Drain node in preparation for maintenance.",
    examples: [
      (
        "All but daemon sets' pods",
        "kubectl drain node01 --ignore-daemonsets --delete-emptydir-data"
      )
    ],
    flags: .dryRun + .selector
      + Flag.list(
        "chunk-size:int64=500 delete-emptydir-data:bool "
          + "disable-eviction:bool force:bool grace-period:int=-1 ignore-daemonsets:bool "
          + "pod-selector:string skip-wait-for-delete-timeout:int=0 timeout:duration=0s"),
    run: run)

  static func run(_ call: Invocation) async throws {
    let text = call.values.string("pod-selector")
    if !text.isEmpty, (try? LabelSelector(text)) == nil {
      throw CommandError.text("--pod-selector=<pod_selector> must be a valid label selector")
    }
    let dryRun = try call.dryRun()
    let nodes = try await CordonCommand.nodes(call)
    for info in nodes {
      do {
        try await CordonCommand.set(info, true, call, dryRun)
      } catch {
        try CordonCommand.refuse(error, info, "cordon", call)
      }
    }
    var failures: [any Error] = []
    var pending: [String] = []
    for info in nodes {
      do {
        try await Drain(call: call, node: info.name, dryRun: dryRun).run()
        try await ResultPrinter(call, operation: "drained", dryRun: dryRun).print(info)
      } catch {
        call.output.complainLine(
          "error: unable to drain node \(Go.quoted(info.name)) due to error: "
            + "\(CommandError.message(error)), continuing command...")
        pending.append(info.name)
        failures.append(error)
      }
    }
    guard !failures.isEmpty else { return }
    call.output.complainLine("There are pending nodes to be drained:")
    for name in pending { call.output.complainLine(" \(name)") }
    let lines = failures.flatMap { failure -> [String] in
      if case CommandError.aggregate(let errors) = failure {
        return errors.map(CommandError.message)
      }
      if CommandError.status(of: failure) != nil {
        return [CommandError.report(failure, command: "").text]
      }
      return [CommandError.message(failure)]
    }
    throw CommandError.told(lines.joined(separator: "\n"), 1)
  }
}

/// Empties one node.
struct Drain {
  let call: Invocation
  let node: String
  let dryRun: Invocation.DryRun

  private struct Judgement {
    var evicted: [Value] = []
    var errors: [(text: String, pods: [String])] = []
    var warnings: [(text: String, pods: [String])] = []

    mutating func refuse(_ text: String, _ pod: String) { Self.add(text, pod, to: &errors) }
    mutating func warn(_ text: String, _ pod: String) { Self.add(text, pod, to: &warnings) }

    private static func add(
      _ text: String, _ pod: String, to list: inout [(text: String, pods: [String])]
    ) {
      if let index = list.firstIndex(where: { $0.text == text }) {
        list[index].pods.append(pod)
      } else {
        list.append((text, [pod]))
      }
    }
  }

  func run() async throws {
    var query: APIClient.Query = [("fieldSelector", "spec.nodeName=\(node)")]
    let selector = call.values.string("pod-selector")
    if !selector.isEmpty { query.append(("labelSelector", selector)) }
    let list = try await call.client().get(APIResource.pods.path(), query)
    let judgement = try await judge(list["items"]?.array ?? [])
    if !judgement.errors.isEmpty {
      throw CommandError.aggregate(
        judgement.errors.sorted { $0.text < $1.text }.map {
          CommandError.text("cannot delete \($0.text): \($0.pods.joined(separator: ", "))")
        })
    }
    if !judgement.warnings.isEmpty {
      call.warn(
        judgement.warnings.sorted { $0.text < $1.text }
          .map { "\($0.text): \($0.pods.joined(separator: ", "))" }.joined(separator: "; "))
    }
    try await evict(judgement.evicted)
  }

  private func judge(_ pods: [Value]) async throws -> Judgement {
    let values = call.values
    var judgement = Judgement()
    for pod in pods {
      let name = "\(DescribeText.namespace(pod))/\(DescribeText.name(pod))"
      let notes = pod[path: "metadata", "annotations"]?.strings ?? [:]
      if notes["kubernetes.io/config.mirror"] != nil { continue }
      let phase = pod[path: "status", "phase"]?.string ?? ""
      let isOver = phase == "Succeeded" || phase == "Failed"
      let owner = (pod[path: "metadata", "ownerReferences"]?.array ?? []).first {
        $0["controller"]?.bool == true
      }
      if owner?["kind"]?.string == "DaemonSet", !isOver {
        if values.bool("ignore-daemonsets") {
          judgement.warn("ignoring DaemonSet-managed Pods", name)
        } else {
          judgement.refuse("DaemonSet-managed Pods (use --ignore-daemonsets to ignore)", name)
        }
        continue
      }
      let hasLocalStorage = (pod[path: "spec", "volumes"]?.array ?? []).contains {
        $0["emptyDir"] != nil
      }
      if hasLocalStorage, !isOver,
        !values.bool("delete-emptydir-data")
      {
        judgement.refuse("Pods with local storage (use --delete-emptydir-data to override)", name)
        continue
      }
      if owner == nil, !isOver {
        guard values.bool("force") else {
          judgement.refuse(
            "cannot delete Pods that declare no controller (use --force to override)", name)
          continue
        }
        judgement.warn("deleting Pods that declare no controller", name)
      }
      judgement.evicted.append(pod)
    }
    return judgement
  }

  private func evict(_ pods: [Value]) async throws {
    let span = call.values.span("timeout")
    let deadline = span > .zero ? call.now + span : nil
    var remaining = pods
    var waiting: [Value] = []
    var late: [Value] = []
    var failures: [any Error] = []
    func fail(_ pod: Value, _ doing: (String, String) -> String) {
      late.append(pod)
      let what = doing(DescribeText.name(pod), DescribeText.namespace(pod))
      failures.append(
        CommandError.text("\(what): global timeout reached: \(GoDuration.text(span))"))
    }
    let note =
      dryRun == .none ? "" : dryRun == .client ? " (dry run)" : " (server dry run)"
    while !remaining.isEmpty {
      var refused: [Value] = []
      for pod in remaining {
        let name = DescribeText.name(pod)
        let namespace = DescribeText.namespace(pod)
        if !call.values.bool("disable-eviction") {
          call.output.line("evicting pod \(namespace)/\(name)\(note)")
        }
        if dryRun == .client { continue }
        // The limit is looked at before each try, and not while one waits for the next.
        if let deadline, call.now >= deadline {
          fail(pod) { "error when evicting pods/\(Go.quoted($0)) -n \(Go.quoted($1))" }
          continue
        }
        do {
          try await send(name, namespace)
          waiting.append(pod)
        } catch {
          let status = CommandError.status(of: error)
          if status?.code == 404 { continue }
          guard status?.code == 429 else {
            throw CommandError.text(
              "error when evicting pods/\(Go.quoted(name)) -n \(Go.quoted(namespace)): "
                + CommandError.message(error))
          }
          refused.append(pod)
          call.output.complainLine(
            "error when evicting pods/\(Go.quoted(name)) -n \(Go.quoted(namespace)) (will retry "
              + "after 5s): \(CommandError.message(error))")
        }
      }
      remaining = refused
      guard !remaining.isEmpty else { break }
      // Those that may go are told of while the others wait.
      let next = call.now + .seconds(5)
      var staying: [Value] = []
      for pod in waiting where try await !isGone(pod, by: next) { staying.append(pod) }
      waiting = staying
      try await call.sleep(max(next - call.now, .zero))
    }
    guard dryRun == .none else { return }
    for pod in waiting where try await !isGone(pod, by: deadline) {
      fail(pod) {
        "error when waiting for pod \(Go.quoted($0)) in namespace \(Go.quoted($1)) to terminate"
      }
    }
    if !failures.isEmpty { try timeOut(late, failures) }
  }

  private func timeOut(_ pods: [Value], _ errors: [any Error]) throws {
    let failure: any Error = errors.count == 1 ? errors[0] : CommandError.aggregate(errors)
    call.output.complainLine(
      "There are pending pods in node \(Go.quoted(node)) when an error occurred: "
        + CommandError.message(failure))
    for pod in pods { call.output.complainLine("pod/\(DescribeText.name(pod))") }
    throw failure
  }

  private func send(_ name: String, _ namespace: String) async throws {
    var options: Value = [:]
    if dryRun == .server { options["dryRun"] = ["All"] }
    let grace = call.values.int("grace-period")
    if grace >= 0 { options["gracePeriodSeconds"] = .int(Int64(grace)) }
    let client = try await call.client()
    if call.values.bool("disable-eviction") {
      _ = try await client.send(
        "DELETE", APIResource.pods.path(namespace: namespace, name: name), body: options)
      return
    }
    let body: Value = [
      "apiVersion": "policy/v1", "kind": "Eviction",
      "metadata": ["name": .string(name), "namespace": .string(namespace)],
      "deleteOptions": options,
    ]
    _ = try await client.send(
      "POST", APIResource.pods.path(namespace: namespace, name: name, subresource: "eviction"),
      body: body)
  }

  /// Waits for an evicted Pod to go, and tells when it has.
  private func isGone(_ pod: Value, by deadline: Moment?) async throws -> Bool {
    let uid = pod[path: "metadata", "uid"]
    let follower = ObjectFollower(
      call: call, resource: .pods, namespace: DescribeText.namespace(pod),
      name: DescribeText.name(pod))
    let ending = try await follower.wait(timeout: deadline.map { $0 - call.now }) {
      $0 == nil || $0?[path: "metadata", "uid"] != uid
    }
    if ending == .timedOut { return false }
    let done = call.values.bool("disable-eviction") ? "deleted" : "evicted"
    call.output.line("pod/\(DescribeText.name(pod)) \(done)")
    return true
  }
}
