import KubeNode
import KubeObjects
import Linux
import Simulation

extension NodeHost {
  /// When the machine's certificates were made, in seconds since the epoch.
  var born: Int64 { cluster.keys.born.seconds }

  /// One log file below /var/log/pods.
  private struct LogPlace {
    var pod: String
    var container: String
    var file: String
    var log: ContainerLog
    var id: String
    var name: String
  }

  /// Shows what containers printed as the runtime's files: made at every look.
  func mountLogs() {
    let pods = Inode.generatedDirectory(
      identity: 2,
      names: { [weak self] in Set(self?.places.map(\.pod) ?? []).sorted() },
      find: { [weak self] pod in self?.folder(ofPod: pod) })
    machine.files.mount(
      FileSystem(generated: pods, timeline: machine.timeline, type: "ext4"), at: "/var/log/pods",
      source: "/dev/vda1")
    let links = Inode.generatedDirectory(
      identity: 2,
      names: { [weak self] in Set(self?.places.map(\.name) ?? []).sorted() },
      find: { [weak self] name in
        guard let place = self?.places.last(where: { $0.name == name }) else { return nil }
        return Inode.generatedLink(
          to: "/var/log/pods/\(place.pod)/\(place.container)/\(place.file)")
      })
    machine.files.mount(
      FileSystem(generated: links, timeline: machine.timeline, type: "ext4"),
      at: "/var/log/containers", source: "/dev/vda1")
  }

  private func folder(ofPod pod: String) -> Inode? {
    let here = places.filter { $0.pod == pod }
    guard !here.isEmpty else { return nil }
    return Inode.generatedDirectory(
      names: { Set(here.map(\.container)).sorted() },
      find: { container in
        let files = here.filter { $0.container == container }
        guard !files.isEmpty else { return nil }
        return Inode.generatedDirectory(
          names: { files.map(\.file).sorted() },
          find: { name in
            guard let place = files.first(where: { $0.file == name }) else { return nil }
            return Inode.generated(mode: 0o640) { _ in Self.text(place.log) }
          })
      })
  }

  private var places: [LogPlace] {
    var found: [LogPlace] = []
    for worker in kubelet.allWorkers {
      let pod = "\(worker.pod.namespace)_\(worker.pod.name)_\(worker.pod.uid)"
      for container in worker.containers {
        let lives = [
          (container.previousPlan, container.restartCount - 1),
          (container.plan, container.restartCount),
        ]
        for case (let plan?, let count) in lives where count >= 0 {
          found.append(
            LogPlace(
              pod: pod, container: container.name, file: "\(count).log", log: plan.log, id: plan.id,
              name: "\(worker.pod.name)_\(worker.pod.namespace)_\(container.name)-\(plan.id).log"))
        }
      }
    }
    return found
  }

  /// Lines in the form of the CRI: time, stream, F for a full line, text.
  private static func text(_ log: ContainerLog) -> [UInt8] {
    var bytes: [UInt8] = []
    for line in log.lines {
      bytes += Array("\(line.moment.rfc3339Nano) \(line.isError ? "stderr" : "stdout") F ".utf8)
      bytes += line.text
      bytes.append(0x0A)
    }
    return bytes
  }
}
