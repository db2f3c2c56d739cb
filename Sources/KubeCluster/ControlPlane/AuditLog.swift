import Documents
import KubeAPIServer
import KubeNode
import KubeObjects
import Linux
import Shell
import Simulation

/// The API server's audit log as a file of its machine.
final class AuditLog {
  private let files: MountNamespace
  private let path: String
  private let limit: Int
  private let backups: Int
  private var size: Int

  /// `megabytes` is --audit-log-maxsize.
  init(_ files: MountNamespace, _ path: String, megabytes: Int, backups: Int) {
    self.files = files
    self.path = path
    // What drydock holds of files is bounded anyway.
    limit = min(max(1, megabytes), 8) << 20
    self.backups = backups
    size = files.status(path)?.size ?? 0
  }

  func write(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    if size + bytes.count > limit { rotate() }
    size += bytes.count
    try? files.append(bytes, to: path, mode: 0o600)
  }

  private func rotate() {
    let stamp = Linux.Calendar(files.now).formatted("%Y-%m-%dT%H-%M-%S.000")
    let stem = path.hasSuffix(".log") ? String(path.dropLast(4)) : path
    if backups > 0 {
      try? files.rename(path, to: "\(stem)-\(stamp).log")
    } else {
      try? files.removeAll(path)
    }
    size = 0
  }
}

extension ServerSettings {
  /// Reads the policy that the flags name; nil without one.
  static func policy(
    _ flags: ComponentFlags, _ text: (String) -> String?
  ) -> Result<AuditPolicy?, Refusal> {
    guard let path = flags["audit-policy-file"] else { return .success(nil) }
    let prefix = "loading audit policy file: "
    guard let content = text(path) else {
      return .failure(.init(message: prefix + "failed to read file path \(path.goQuoted)"))
    }
    do {
      return .success(try AuditPolicy(try YAML.parse(content)))
    } catch {
      return .failure(.init(message: "\(prefix)\(error.message): from file \(path)"))
    }
  }

  /// Reads the encryption configuration that the flags name.
  static func encryption(
    _ flags: ComponentFlags, _ text: (String) -> String?
  ) -> Result<StorageEncryption, Refusal> {
    guard let path = flags["encryption-provider-config"] else { return .success(.init()) }
    let prefix = "error while parsing file: "
    guard let content = text(path) else {
      return .failure(
        .init(
          message: prefix + "error while loading file: error reading encryption provider "
            + "configuration file \(path.goQuoted): open \(path): no such file or directory"))
    }
    do {
      return .success(try StorageEncryption(try YAML.parse(content), path: path))
    } catch { return .failure(.init(message: prefix + error.message)) }
  }

  struct Refusal: Error { var message: String }

  /// Where the audit log goes: a file of the machine; nil when the flags name none.
  static func auditLog(
    _ flags: ComponentFlags, _ plan: ContainerPlan, _ plane: ControlPlane
  ) -> AuditLog? {
    guard let inside = flags["audit-log-path"], inside != "-", let host = plane.host,
      let path = host.path(of: inside, in: plan)
    else { return nil }
    return AuditLog(
      host.machine.files, path, megabytes: flags.number("audit-log-maxsize") ?? 100,
      backups: flags.number("audit-log-maxbackup") ?? 0)
  }

  /// Why the log cannot be written.
  static func logProblem(_ flags: ComponentFlags, _ plan: ContainerPlan) -> String? {
    guard let inside = flags["audit-log-path"], inside != "-" else { return nil }
    let fitting = plan.mounts.filter { inside == $0.path || inside.hasPrefix($0.path + "/") }
    guard let mount = fitting.max(by: { $0.path.count < $1.path.count }) else { return nil }
    return mount.isReadOnly
      ? "ensureLogFile: open \(inside): read-only file system" : nil
  }
}
