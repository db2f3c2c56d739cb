import Testing

@testable import KubeCluster

/// What makes a server or a node harder to misuse.
@Suite struct HardeningTests {
  private let desk = SurgeryDesk(.single)

  @Test("nginx speaks the versions of TLS that its configuration names")
  func protocols() {
    desk.run(
      """
      cat > nginx.conf <<'E'
      events {}
      http { server { listen 443 ssl; ssl_certificate /tls/tls.crt; ssl_certificate_key /tls/tls.key; ssl_protocols TLSv1.3; location / { return 200 "ok\\n"; } } }
      E
      openssl req -x509 -nodes -newkey rsa:2048 -keyout k -out c -subj /CN=web.local -days 9
      kubectl create cm conf --from-file=nginx.conf; kubectl create secret tls t --cert=c --key=k
      kubectl create -f - <<'E'
      apiVersion: v1
      kind: Pod
      metadata: {name: web, labels: {app: web}}
      spec:
        volumes: [{name: c, configMap: {name: conf}}, {name: t, secret: {secretName: t}}]
        containers:
        - {name: c, image: nginx, volumeMounts: [{name: c, mountPath: /etc/nginx/nginx.conf, subPath: nginx.conf}, {name: t, mountPath: /tls}]}
      E
      kubectl expose pod web --port=443; kubectl wait --for=condition=Ready pod/web
      """)
    func ask(_ flags: String) -> String {
      desk.plane(
        "curl -sSk \(flags) https://$(kubectl get svc web -o jsonpath='{.spec.clusterIP}'); echo $?"
      )
    }
    let refused =
      "curl: (35) OpenSSL/3.0.13: error:0A00042E:SSL routines::tlsv1 alert protocol version\n35\n"
    #expect(ask("") == "ok\n0\n")
    #expect(ask("--tlsv1.3") == "ok\n0\n")
    #expect(ask("--tlsv1.2 --tls-max 1.2") == refused)
    desk.run(
      "kubectl get cm conf -o yaml | sed 's/TLSv1.3/TLSv1.2/' | kubectl replace -f -; "
        + "kubectl get pod web -o yaml | kubectl replace --force -f -; "
        + "kubectl wait --for=condition=Ready pod/web; sleep 1")
    #expect(ask("--tls-max 1.2") == "ok\n0\n")
    #expect(ask("--tlsv1.3") == refused)
  }

  @Test("docker's daemon listens where it is told, and its socket is its group's")
  func docker() {
    #expect(
      desk.plane(
        "apt-get install -y docker.io > /dev/null; systemctl is-active docker; "
          + "stat -c '%A %U %G' /run/docker.sock; useradd dev; gpasswd -a dev docker; id -nG dev; "
          + "gpasswd -d dev docker; gpasswd -d dev docker; id -nG dev")
        == "active\nsrw-rw---- root docker\nAdding user dev to group docker\ndev docker\n"
        + "Removing user dev from group docker\ngpasswd: user 'dev' is not a member of 'docker'\ndev\n"
    )
    #expect(
      desk.plane(
        """
        sed -i 's#-H fd://#-H fd:// -H tcp://0.0.0.0:2375#' /usr/lib/systemd/system/docker.service
        systemctl daemon-reload; systemctl restart docker; sleep 1; ss -tln | grep -c :2375; curl -s localhost:2375/_ping; echo
        sed -i 's# -H tcp://0.0.0.0:2375##' /usr/lib/systemd/system/docker.service; systemctl daemon-reload
        echo '{"hosts": ["tcp://0.0.0.0:2376"]}' > /etc/docker/daemon.json || (mkdir /etc/docker; echo '{"hosts": ["tcp://0.0.0.0:2376"]}' > /etc/docker/daemon.json)
        systemctl restart docker; sleep 1; journalctl -u docker | grep -c 'both as a flag'; ss -tln | grep -c :237
        """
      ).hasPrefix("1\nOK\n"))
    #expect(
      desk.plane(
        """
        rm /etc/docker/daemon.json; rm /run/docker.sock
        sed -i 's/SocketGroup=docker/SocketGroup=root/' /usr/lib/systemd/system/docker.socket; systemctl daemon-reload
        systemctl restart docker; sleep 1; stat -c %G /run/docker.sock
        """) == "root\n")
  }

  @Test("accounts are locked and age")
  func accounts() {
    #expect(
      desk.plane("useradd a; passwd -l a; chage -M 30 -E 2026-12-31 a; chage -l a | tr -s '\\t'")
        == """
        passwd: password changed.
        Last password change\t: Jun 01, 2026
        Password expires\t: Jul 01, 2026
        Password inactive\t: never
        Account expires\t: Dec 31, 2026
        Minimum number of days between password change\t: 0
        Maximum number of days between password change\t: 30
        Number of days of warning before password expires\t: 7

        """)
    #expect(
      desk.plane("chage -l nobody1") == "chage: user 'nobody1' does not exist in /etc/passwd\n")
    #expect(desk.plane("echo 'blacklist sctp' > /etc/modprobe.d/no.conf && echo kept") == "kept\n")
  }

  @Test("crictl rm -f removes a container that runs")
  func removal() {
    #expect(
      desk.plane(
        "ID=$(crictl ps -q --name kube-proxy); crictl rm $ID 2>&1 | grep -c 'please stop it first'; "
          + "crictl rm -f $ID > /dev/null && sleep 3; crictl ps -q --name kube-proxy | grep -c .; "
          + "crictl ps -q --name kube-proxy | grep -c $ID") == "1\n1\n0\n")
  }

  @Test(
    "the control plane's images have their binaries, which tell versions and flags, and no shell")
  func binaries() {
    func exec(_ part: String, _ line: String) -> String {
      desk.run("kubectl -n kube-system exec \(part)-controlplane -- \(line)")
    }
    #expect(exec("kube-apiserver", "kube-apiserver --version") == "Kubernetes v1.36.2\n")
    #expect(exec("kube-scheduler", "kube-scheduler --version") == "Kubernetes v1.36.2\n")
    let help = exec("kube-apiserver", "kube-apiserver -h | grep enable-admission-plugins")
    #expect(
      help.contains("default enabled ones (NamespaceLifecycle, LimitRanger, ServiceAccount,"),
      "\(help)")
    #expect(help.contains("plugins: AlwaysAdmit, AlwaysDeny, AlwaysPullImages,"), "\(help)")
    #expect(exec("etcd", "etcd --version").hasPrefix("etcd Version: 3.6.6\n"))
    #expect(exec("kube-apiserver", "sh -c true").contains("executable file not found in $PATH"))
  }
}
