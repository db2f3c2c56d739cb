import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Lifecycle hooks (kubelet's lifecycle.handlerRunner).
extension PodWorker {
  /// The container counts as running when its postStart hook is through.
  func runPostStart(_ container: Container, _ plan: ContainerPlan, _ then: @escaping () -> Void) {
    guard let hook = container.spec[path: "lifecycle", "postStart"] else { return then() }
    let life = container.life
    run(hook, container, plan, limit: .minutes(10)) { [weak self] failure in
      guard let self, container.life == life else { return }
      guard let failure else { return then() }
      // What the hook printed is not told, since it might be secret.
      event(.warning, "FailedPostStartHook", "PostStartHook failed", of: container)
      container.failedStart = ("PostStartHookError", failure)
      stop(container, "FailedPostStartHook")
    }
  }

  func runPreStop(
    _ container: Container, _ hook: Value, _ grace: Int64, _ then: @escaping () -> Void
  ) {
    guard let plan = container.plan else { return then() }
    run(hook, container, plan, limit: .seconds(grace)) { [weak self] failure in
      if failure != nil {
        self?.event(.warning, "FailedPreStopHook", "PreStopHook failed", of: container)
      }
      then()
    }
  }

  private func run(
    _ hook: Value, _ container: Container, _ plan: ContainerPlan, limit: Span,
    _ done: @escaping (_ failure: String?) -> Void
  ) {
    let place =
      "for Container \(container.name.goQuoted) in Pod \"\(pod.name)_\(pod.namespace)(\(pod.uid))\" "
      + "failed - error: "
    if let seconds = hook[path: "sleep", "seconds"]?.int {
      let wanted = min(max(0, seconds), Int64(Int32.max))
      timeline.after(min(.seconds(wanted), limit)) { done(nil) }
    } else if let command = hook[path: "exec", "command"]?.array?.compactMap(\.string) {
      kubelet.runtime.execute(command, in: plan, timeout: limit) { result in
        let words = command.joined(separator: " ")
        let start = "Exec lifecycle hook ([\(words)]) " + place
        switch result {
        case .success(let end) where end.status == 0: done(nil)
        case .success(let end):
          done(
            start
              + "command '\(words)' exited with \(end.status): \(end.output), message: \(end.output.goQuoted)"
          )
        case .failure(let refusal): done(start + "\(refusal.message), message: \"\"")
        }
      }
    } else if let http = hook["httpGet"] {
      kubelet.network.probe(
        request(http, of: container), from: kubelet.nodeName, timeout: min(limit, .seconds(30))
      ) { failure in
        // Any answer will do, whatever its status.
        done(
          failure.flatMap {
            $0.hasPrefix("HTTP probe failed with statuscode")
              ? nil : "HTTP lifecycle hook (\(http["path"]?.string ?? "")) \(place)\($0)"
          })
      }
    } else {
      done("invalid handler: \(hook)")
    }
  }

  /// An httpGet of a probe or a hook.
  func request(_ http: Value, of container: Container) -> NetworkProbe {
    .http(
      scheme: (http["scheme"]?.string ?? "HTTP").lowercased(),
      address: http["host"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? address,
      port: port(http["port"], of: container), path: http["path"]?.string ?? "/",
      headers: (http["httpHeaders"]?.array ?? []).map {
        ($0["name"]?.string ?? "", $0["value"]?.string ?? "")
      })
  }

  /// A port by number, or by its name in the container's specification; 0 for an unknown one.
  func port(_ value: Value?, of container: Container) -> Int {
    if let number = value?.int { return Int(clamping: number) }
    let named = (container.spec["ports"]?.array ?? []).first { $0["name"] == value }
    return Int(clamping: named?["containerPort"]?.int ?? 0)
  }
}
