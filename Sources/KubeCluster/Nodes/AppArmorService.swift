import Linux

/// The service that loads a node's AppArmor profiles at its start.
enum AppArmorService {
  static let path = "/usr/lib/apparmor/" + AppArmor.loader

  static let unit = """
    [Unit]
    Description=Load AppArmor profiles
    Documentation=man:apparmor(7)

    [Service]
    Type=oneshot
    ExecStart=\(path) reload
    ExecReload=\(path) reload
    RemainAfterExit=yes

    [Install]
    WantedBy=sysinit.target

    """
}
