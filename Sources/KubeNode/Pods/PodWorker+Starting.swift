import Documents
import KubeAPIServer
import KubeObjects
import Linux
import Simulation

/// From an image to a running process.
extension PodWorker {
  /// Sees that the image is there, then makes the container.
  func prepare(_ container: Container) {
    let life = container.life
    guard kubelet.isActive else {
      return kubelet.whenActive { [weak self] in
        guard let self, container.life == life, !isTerminating, !isForgotten else { return }
        prepare(container)
      }
    }
    obtainImages(container, PullCredentials(secrets: pullSecrets()))
  }

  func wait(_ container: Container, _ reason: String, _ message: String) {
    container.state = .waiting(reason: reason, message: message)
    if !message.isEmpty, !kubelet.isUnvisited() {
      let error =
        "failed to \"StartContainer\" for \(container.name.goQuoted) with \(reason): "
        + message.goQuoted
      kubelet.log(
        "E pod_workers.go:1324] \"Error syncing pod, skipping\" err=\(error.goQuoted) pod="
          + "\"\(pod.namespace)/\(pod.name)\" podUID=\"\(pod.uid)\"")
    }
    report()
    settled(container)
  }

  func create(_ container: Container, _ image: Image, _ reference: ImageReference) {
    let life = container.life
    let plan: ContainerPlan
    do {
      plan = try makePlan(container, image)
    } catch {
      event(.warning, "Failed", "Error: \(error.message)", of: container)
      return waitForSync(container, "CreateContainerConfigError", error.message)
    }
    if let problem = kubelet.runtime.missingProfile(for: plan.security) {
      event(.warning, "Failed", "Error: \(problem)", of: container)
      return waitForSync(container, "CreateContainerError", problem)
    }
    timeline.after(.milliseconds(120)) { [weak self] in
      guard let self, container.life == life, !isTerminating else { return }
      event(.normal, "Created", "Container created", of: container)
      container.imageID =
        "\(reference.registry)/\(reference.repository)@\(Images.digest(of: reference))"
      launch(container, plan)
    }
  }

  private func launch(_ container: Container, _ plan: ContainerPlan) {
    if let old = container.previousPlan { kubelet.runtime.discard(old) }
    container.previousPlan = container.plan
    container.plan = plan
    container.resources = container.spec["resources"]
    do {
      let process = try kubelet.runtime.start(plan)
      container.process = process
      let life = container.life
      process.onExit = { [weak self] status, end in
        guard let self, container.life == life else { return }
        exited(container, status, end)
      }
    } catch {
      event(.warning, "Failed", "Error: \(error.message)", of: container)
      let end = Container.Termination(
        exitCode: 128, reason: "StartError", message: error.message,
        started: Moment(seconds: 0), finished: timeline.now, containerID: plan.id)
      container.failedStart = ("RunContainerError", error.message)
      return ended(container, end)
    }
    event(.normal, "Started", "Container started", of: container)
    container.began = timeline.now
    runPostStart(container, plan) { [weak self] in self?.goLive(container) }
  }

  /// The container runs, and says so.
  private func goLive(_ container: Container) {
    container.state = .running(since: container.began ?? timeline.now)
    container.isStarted = container.spec["startupProbe"] == nil
    container.isReady = container.isStarted && container.spec["readinessProbe"] == nil
    if let teller = container.process as? any HealthTelling {
      watch(teller, container)
    } else {
      startProbes(container)
    }
    if container.isResizing {
      container.isResizing = false
      finishResize()
    }
    report()
    if container.role == .sidecar, container.isStarted { advance() }
    settled(container)
  }

  private func makePlan(
    _ container: Container, _ image: Image
  ) throws(ContainerEnvironment.Failure) -> ContainerPlan {
    let context = container.spec["securityContext"] ?? [:]
    let podContext = spec["securityContext"] ?? [:]
    let user = context["runAsUser"]?.int ?? podContext["runAsUser"]?.int ?? Int64(image.user)
    let nonRoot = context["runAsNonRoot"]?.bool ?? podContext["runAsNonRoot"]?.bool ?? false
    if nonRoot, user == 0 {
      let isImage = context["runAsUser"] == nil && podContext["runAsUser"] == nil
      throw .init(
        message: (isImage
          ? "container has runAsNonRoot and image will run as root"
          : "container's runAsUser breaks non-root policy")
          + " (pod: \"\(pod.name)_\(pod.namespace)(\(pod.uid))\", container: \(container.name))")
    }
    var downward = DownwardAPI(pod: pod, allocatable: kubelet.allocatable)
    downward.address = address
    downward.hostAddress = kubelet.address
    let variables = try ContainerEnvironment(
      pod: pod, container: container.spec, downward: downward,
      lookUp: { [unowned self] in kubelet.objects.lookUp($0, pod.namespace, $1) },
      file: { [unowned self] in file($1, ofVolume: $0) },
      services: kubelet.objects.serviceVariables(
        namespace: pod.namespace, enabled: spec["enableServiceLinks"]?.bool != false)
    ).variables()
    let values = Dictionary(variables.map { ($0.name, $0.value) }) { _, last in last }
    func expanded(_ key: String) -> [String] {
      (container.spec[key]?.array ?? []).compactMap(\.string).map { text in
        Expansion.expand(text) { values[$0] }
      }
    }
    // Docker's rule: a command replaces entrypoint and arguments, arguments replace the image's.
    let command = expanded("command")
    let arguments = expanded("args")
    let whole =
      command.isEmpty
      ? image.entrypoint + (arguments.isEmpty ? image.command : arguments) : command + arguments
    let security = Security(pod: spec, container: container.spec)
    let own = image.environment.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    let plan = ContainerPlan(
      pod: identity, name: container.name, id: HexadecimalName.make(64, &kubelet.random),
      image: image, imageName: container.spec["image"]?.string ?? "", command: whole,
      environment: own.filter { values[$0.name] == nil } + variables,
      workingDirectory: container.spec["workingDir"]?.string ?? image.workingDirectory,
      security: security, caller: security.caller(user: Int(clamping: user)),
      address: address, resolver: resolver, hostAliases: hostAliases,
      mounts: mounts(container, values),
      isReadOnly: context["readOnlyRootFilesystem"]?.bool == true,
      streams: ContainerStreams(
        hasInput: container.spec["stdin"]?.bool == true,
        isTerminal: container.spec["tty"]?.bool == true,
        closesInputWithClient: container.spec["stdinOnce"]?.bool == true))
    plan.limits = Self.limits(container.spec["resources"])
    plan.confinement = security.confinement
    if spec["hostUsers"]?.bool == false {
      plan.confinement.firstID = kubelet.firstUserID(of: pod.uid)
    }
    plan.settings = settings
    plan.terminationPath =
      container.spec["terminationMessagePath"]?.string ?? "/dev/termination-log"
    plan.processes = processScope(of: container)
    // Whoever may be kept from something by its environment starts for real.
    plan.isPlain =
      (spec["containers"]?.array ?? []).count == 1 && !plan.isReadOnly && !isHostNetwork
      && plan.caller.user == image.user
      && (image.user != 0 || plan.caller.capabilities.isSuperset(of: .container))
      && security.localSeccomp == nil
      && plan.mounts.allSatisfy { $0.path == "/var/run/secrets/kubernetes.io/serviceaccount" }
    plan.isSandboxed = runtimeHandler == "runsc"
    plan.ports = (container.spec["ports"]?.array ?? []).compactMap { port in
      guard (port["protocol"]?.string ?? "TCP") == "TCP" else { return nil }
      return port["containerPort"]?.int.map { Int(clamping: $0) }
    }
    return plan
  }

  private func file(
    _ path: String, ofVolume name: String
  ) -> (path: String, contents: [UInt8]?)? {
    guard let volume = volumes[name] else { return nil }
    let folder = origin(of: volume, in: "/var/lib/kubelet/pods/\(pod.uid)")
    return (
      "\(folder)/\(path)", kubelet.runtime.contents(of: path, in: volume, pod: pod.uid)
    )
  }

  static func limits(_ resources: Value?) -> ContainerLimits {
    func quantity(_ list: String, _ name: String) -> Quantity? {
      resources?[path: list, name].flatMap { try? Quantity(parsing: $0) }
    }
    var limits = ContainerLimits()
    limits.memory = quantity("limits", "memory")?.value
    limits.processors = quantity("limits", "cpu")?.milliValue
    limits.processorRequest = quantity("requests", "cpu")?.milliValue
    return limits
  }

  /// Kernel settings of the Pod's containers: a network of their own has the runtime's
  /// (containerd's enable_unprivileged_ports and enable_unprivileged_icmp), then the Pod's sysctls.
  private var settings: [(name: String, value: String)] {
    let own: [(name: String, value: String)] =
      isHostNetwork
      ? []
      : [
        ("net.ipv4.ip_unprivileged_port_start", "0"),
        ("net.ipv4.ping_group_range", "0\t2147483647"),
      ]
    return own
      + (spec[path: "securityContext", "sysctls"]?.array ?? []).map {
        ($0["name"]?.string ?? "", $0["value"]?.string ?? "")
      }
  }

  private func processScope(of container: Container) -> ContainerPlan.ProcessScope {
    if spec["hostPID"]?.bool == true { return .node }
    if spec["shareProcessNamespace"]?.bool == true { return .pod }
    if container.role == .ephemeral, let name = container.spec["targetContainerName"]?.string,
      let target = containers.first(where: { $0.name == name && $0.isRunning })?.plan
    {
      _ = kubelet.runtime.look(into: target)
      return .container(target)
    }
    return .own
  }

  /// resolv.conf as the Pod's dnsPolicy and dnsConfig make it.
  private var resolver: String {
    var servers = kubelet.settings.clusterDNS ?? [kubelet.clusterDNS]
    let domain = kubelet.settings.clusterDomain
    var searches = ["\(pod.namespace).svc.\(domain)", "svc.\(domain)", domain]
    var options = ["ndots:5"]
    let policy = spec["dnsPolicy"]?.string ?? "ClusterFirst"
    if policy == "Default" || (policy == "ClusterFirst" && isHostNetwork) {
      (servers, searches, options) = (["192.168.56.1"], [], [])
    } else if policy == "None" {
      (servers, searches, options) = ([], [], [])
    }
    if let config = spec["dnsConfig"] {
      servers += (config["nameservers"]?.array ?? []).compactMap(\.string)
      searches += (config["searches"]?.array ?? []).compactMap(\.string)
      for option in config["options"]?.array ?? [] {
        guard let name = option["name"]?.string else { continue }
        options.removeAll { $0.split(separator: ":").first.map(String.init) == name }
        options.append(option["value"]?.string.map { "\(name):\($0)" } ?? name)
      }
    }
    var lines: [String] = []
    if !searches.isEmpty { lines.append("search " + searches.joined(separator: " ")) }
    lines += servers.map { "nameserver " + $0 }
    if !options.isEmpty { lines.append("options " + options.joined(separator: " ")) }
    return lines.joined(separator: "\n") + "\n"
  }

  private var hostAliases: String {
    let aliases = spec["hostAliases"]?.array ?? []
    guard !aliases.isEmpty else { return "" }
    let lines = aliases.map { alias in
      let names = (alias["hostnames"]?.array ?? []).compactMap(\.string)
      return "\(alias["ip"]?.string ?? "")\t\(names.joined(separator: "\t"))\n"
    }
    return "\n# Entries added by HostAliases.\n" + lines.joined()
  }

  private func mounts(
    _ container: Container, _ variables: [String: String]
  ) -> [ContainerPlan.Mount] {
    (container.spec["volumeMounts"]?.array ?? []).enumerated().compactMap { place, mount in
      guard let volume = volumes[mount["name"]?.string ?? ""],
        let path = mount["mountPath"]?.string
      else { return nil }
      let subPath =
        mount["subPath"]?.string
        ?? Expansion.expand(mount["subPathExpr"]?.string ?? "") { variables[$0] }
      let folder = "/var/lib/kubelet/pods/\(pod.uid)"
      let origin =
        subPath.isEmpty
        ? origin(of: volume, in: folder)
        : "\(folder)/volume-subpaths/\(volume.name)/\(container.name)/\(place)"
      return .init(
        path: path, volume: volume,
        isReadOnly: mount["readOnly"]?.bool == true || isReadOnly(volume),
        subPath: subPath, origin: origin)
    }
  }

  /// Whether the Pod wants a volume for reading only, however it is mounted.
  private func isReadOnly(_ volume: Volume) -> Bool {
    let own = (spec["volumes"]?.array ?? []).first { $0["name"]?.string == volume.name }
    return ["persistentVolumeClaim", "csi", "nfs", "iscsi"].contains {
      own?[path: $0, "readOnly"]?.bool == true
    }
  }

  /// Where the kubelet keeps a volume.
  private func origin(of volume: Volume, in folder: String) -> String {
    if case .hostPath(let path) = volume.source { return path }
    let own = (spec["volumes"]?.array ?? []).first { $0["name"]?.string == volume.name }
    let kinds = [
      ("configMap", "configmap"), ("secret", "secret"), ("projected", "projected"),
      ("downwardAPI", "downward-api"), ("emptyDir", "empty-dir"),
    ]
    let plugin = kinds.first { own?[$0.0] != nil }?.1 ?? "csi"
    return "\(folder)/volumes/kubernetes.io~\(plugin)/\(volume.name)"
  }
}
