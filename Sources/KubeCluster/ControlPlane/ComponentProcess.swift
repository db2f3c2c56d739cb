import Documents
import KubeNode
import KubeObjects
import Linux
import Simulation

/// The process of one container of the control plane.
final class ComponentProcess: HealthTelling {
  let part: ControlPlane.Part
  let plan: ContainerPlan
  let flags: ComponentFlags
  var onExit: ((Int32, ContainerProcessEnd) -> Void)?
  var onHealthChange: (() -> Void)?
  private unowned let plane: ControlPlane
  private var isUp = false
  private var isOver = false
  private var isWaiting = false
  private var loadedPair: ServingPair?
  /// Its entry among the processes of the machine, once somebody looks.
  private var shown: Linux.Process?

  private let timeline: Timeline

  init(_ part: ControlPlane.Part, _ plan: ContainerPlan, _ plane: ControlPlane, isAdopted: Bool) {
    self.part = part
    self.plan = plan
    self.plane = plane
    timeline = plane.timeline
    flags = ComponentFlags(Array(plan.command.dropFirst()))
    if isAdopted {
      isUp = true
      say(banner)
    } else {
      timeline.after(.milliseconds(200)) { [weak self] in self?.begin() }
      if plane.host?.hasFiles == true { timeline.after(.zero) { [weak self] in self?.show() } }
    }
  }

  // MARK: life

  private func begin() {
    guard !isOver else { return }
    let check = ComponentCheck(part, plan, flags, plane)
    if let fatal = check.fatal() {
      say(fatal.lines)
      timeline.after(fatal.delay) { [weak self] in self?.end(1) }
      return
    }
    _ = servingPair
    say(banner + check.notes)
    // Its start: etcd elects itself, the API server fills its caches.
    let delay: Span = part == .apiServer ? .seconds(4) : part == .etcd ? .seconds(2) : .seconds(1)
    timeline.after(delay) { [weak self] in self?.attemptToServe() }
  }

  private func attemptToServe() {
    guard !isOver, !isUp else { return }
    switch part {
    case .etcd:
      guard plane.database.open(plan, flags) else {
        say([
          "{\"level\":\"fatal\",\"msg\":\"discovery failed\",\"error\":\"cannot access data directory\"}"
        ])
        return end(1)
      }
    case .apiServer:
      guard plane.isServing(.etcd) else {
        say([
          klog(
            "F", "instance.go:233",
            "Error creating leases: error creating storage factory: context deadline exceeded")
        ])
        return end(1)
      }
      plane.settings.apply(flags, plan, plane)
    case .controllerManager, .scheduler:
      guard kubeconfigRefusal == nil else { return waitForServer() }
    }
    isUp = true
    plane.changed(part, serves: true, flags: flags)
    onHealthChange?()
  }

  private var kubeconfigRefusal: ServerRefusal? {
    guard let path = flags["kubeconfig"], let text = plane.host?.text(of: path, in: plan),
      let client = KubeconfigClient(text, file: { plane.host?.text(of: $0, in: plan) })
    else { return plane.acceptsConnections ? nil : ServerRefusal(text: "connection refused") }
    return plane.refusal(of: client, from: plane.host?.machine)
  }

  /// What it serves with. Files that fit together take the place of the pair that it has, as
  /// upstream's dynamic_serving_content does.
  var servingPair: ServingPair? {
    let names =
      part == .etcd ? ["cert-file", "key-file"] : ["tls-cert-file", "tls-private-key-file"]
    let texts = names.map { flags[$0].flatMap { plane.host?.text(of: $0, in: plan) } ?? "" }
    if loadedPair?.isMade(of: texts[0], texts[1]) != true,
      let fresh = try? ServingPair(certificate: texts[0], key: texts[1])
    {
      loadedPair = fresh
    }
    return loadedPair
  }

  private func waitForServer() {
    guard !isWaiting else { return }
    isWaiting = true
    let url =
      plane.host?.text(of: flags["kubeconfig"] ?? "", in: plan)
      .flatMap { Kubeconfigs.server(of: $0) } ?? "https://\(plane.address):6443"
    let why = kubeconfigRefusal ?? ServerRefusal(text: "")
    if part == .scheduler {
      say([
        klog(
          "E", "leaderelection.go:436",
          "error retrieving resource lock kube-system/kube-scheduler: "
            + why.words(
              "Get",
              "\(url)/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler"
                + "?timeout=5s"))
      ])
      return
    }
    timeline.after(.seconds(10)) { [weak self] in
      guard let self, !isOver, !isUp else { return }
      isWaiting = false
      if kubeconfigRefusal == nil { return attemptToServe() }
      say([
        klog(
          "E", "controllermanager.go:238",
          "\"Error building controller context\" err=\"failed to wait for apiserver being healthy: "
            + "timed out waiting for the condition: failed to get apiserver /healthz status: "
            + why.words("Get", "\(url)/healthz").replacing("\"", with: "\\\"") + "\"")
      ])
      end(1)
    }
  }

  /// Another part came or went.
  func surroundingsChanged() {
    guard !isOver else { return }
    if isWaiting, part == .scheduler, plane.acceptsConnections {
      isWaiting = false
      attemptToServe()
    }
    onHealthChange?()
  }

  func loseLease() {
    guard isUp, !isOver, !plane.acceptsConnections else { return }
    say([
      klog(
        "E", "leaderelection.go:429",
        "\"Failed to update lock optimistically, falling back to slow path\" err=\"context deadline "
          + "exceeded\""),
      klog(
        "E", part == .scheduler ? "server.go:333" : "controllermanager.go:344",
        "\"Leaderelection lost\""),
    ])
    end(1)
  }

  func signal(_ number: Int32) {
    guard !isOver else { return }
    if number == Signal.kill { return end(137) }
    timeline.after(.milliseconds(300)) { [weak self] in self?.end(0) }
  }

  private func end(_ status: Int32) {
    guard !isOver else { return }
    isOver = true
    isUp = false
    if let shown {
      shown.onExit = nil
      shown.signal(Signal.kill, byMachine: true)
    }
    shown = nil
    plane.ended(self)
    timeline.after(.zero) { [self] in onExit?(status, .exit) }
  }

  // MARK: looks

  /// Gives it an entry in the machine's process list, by which it can be killed.
  func show() {
    guard !isOver, shown == nil, let machine = plane.host?.machine else { return }
    let process = Linux.Process(
      machine: machine, name: part.rawValue, arguments: Array(plan.command.dropFirst()),
      caller: .root, parentID: NodeHost.shimID(ofPod: plan.podUID), id: plan.outerProcessID)
    process.memory = part == .apiServer ? 268 << 20 : 62 << 20
    shown = process
    process.onExit = { [weak self] status in self?.end(status) }
    machine.launch(process) { process in
      process.handle([Signal.terminate, Signal.interrupt])
      while process.takeSignals().isEmpty {
        do { try await process.wait() } catch { return 137 }
      }
      return 0
    }
  }

  func answer(to probe: Value, port: Int) -> String? {
    guard let http = probe["httpGet"] else { return nil }
    let scheme = (http["scheme"]?.string ?? "HTTP").lowercased()
    let host = http["host"]?.string ?? plan.address
    let path = http["path"]?.string ?? "/"
    let url = "\(scheme)://\(host):\(port)\(path)"
    guard isUp, port == healthPort else {
      return "Get \"\(url)\": dial tcp \(host):\(port): connect: connection refused"
    }
    let isPlain = part == .etcd
    if scheme == "https", isPlain {
      return "Get \"\(url)\": http: server gave HTTP response to HTTPS client"
    }
    if scheme == "http", !isPlain { return "HTTP probe failed with statuscode: 400" }
    let paths = ["/livez", "/readyz", "/healthz", "/health"]
    guard paths.contains(where: { path == $0 || path.hasPrefix($0 + "?") }) else {
      return part == .apiServer
        ? "HTTP probe failed with statuscode: 403" : "HTTP probe failed with statuscode: 404"
    }
    if part == .apiServer, !plane.isServing(.etcd) {
      return "HTTP probe failed with statuscode: 500"
    }
    if part == .apiServer, flags["anonymous-auth"] == "false" {
      return "HTTP probe failed with statuscode: 401"
    }
    return nil
  }

  private var healthPort: Int {
    switch part {
    case .etcd: flags["listen-metrics-urls"].map { URLParts($0).port } ?? 2379
    case .apiServer: flags.number("secure-port") ?? 6443
    case .controllerManager: flags.number("secure-port") ?? 10257
    case .scheduler: flags.number("secure-port") ?? 10259
    }
  }

  // MARK: words

  private func say(_ lines: [String]) {
    for line in lines { plan.log.write(Array((line + "\n").utf8), isError: true, at: timeline.now) }
  }

  private func klog(_ letter: String, _ place: String, _ text: String) -> String {
    KubernetesLog.line(letter, place, text, at: timeline.now, process: 1)
  }

  private var banner: [String] {
    let version = plan.imageName.split(separator: ":").last.map(String.init) ?? ""
    switch part {
    case .etcd:
      let stamp = timeline.now.rfc3339Micro
      return [
        "{\"level\":\"info\",\"ts\":\"\(stamp)\",\"caller\":\"etcdmain/etcd.go:64\",\"msg\":"
          + "\"Running: \",\"args\":\(JSON.text(.array(plan.command.map { .string($0) })))}",
        "{\"level\":\"info\",\"ts\":\"\(stamp)\",\"caller\":\"embed/serve.go:210\",\"msg\":"
          + "\"serving client traffic securely\",\"traffic\":\"grpc+http\",\"address\":"
          + "\"127.0.0.1:\(flags.etcdPort ?? 2379)\"}",
      ]
    case .apiServer:
      return [
        klog("I", "options.go:263", "external host was not specified, using \(plane.address)"),
        klog("I", "server.go:150", "Version: \(version)"),
        klog(
          "I", "secure_serving.go:211",
          "Serving securely on [::]:\(flags.number("secure-port") ?? 6443)"),
      ]
    case .controllerManager:
      return [
        klog("I", "serving.go:386", "Generated self-signed cert in-memory"),
        klog("I", "controllermanager.go:189", "\"Starting\" version=\"\(version)\""),
        klog(
          "I", "leaderelection.go:257",
          "attempting to acquire leader lease kube-system/kube-controller-manager..."),
      ]
    case .scheduler:
      return [
        klog("I", "serving.go:386", "Generated self-signed cert in-memory"),
        klog("I", "server.go:175", "\"Starting Kubernetes Scheduler\" version=\"\(version)\""),
        klog(
          "I", "leaderelection.go:257",
          "attempting to acquire leader lease kube-system/kube-scheduler..."),
      ]
    }
  }
}

/// Lines as Kubernetes' own programs log them.
enum KubernetesLog {
  /// `I0601 09:00:00.000000       1 server.go:150] text`
  static func line(
    _ letter: String, _ place: String, _ text: String, at moment: Moment, process: Int
  ) -> String {
    let stamp = Linux.Calendar(moment).formatted("%m%d %H:%M:%S")
    let micro = String(1_000_000 + (moment.nanoseconds / 1000) % 1_000_000).dropFirst()
    let id = String(repeating: " ", count: max(0, 7 - "\(process)".count)) + "\(process)"
    return "\(letter)\(stamp).\(micro) \(id) \(place)] \(text)"
  }
}
