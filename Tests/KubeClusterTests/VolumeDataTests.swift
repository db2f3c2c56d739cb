import Testing

@testable import KubeCluster

/// What lies behind a volume, and who may keep or have it.
@Suite struct VolumeDataTests {
  let cluster = Cluster(.single, seed: 4)

  @discardableResult
  private func run(_ line: String) -> String {
    let result = cluster.shell.run(line)
    return result.output + result.errors
  }

  private func apply(_ text: String) -> String { run("kubectl apply -f - <<'EOF'\n\(text)\nEOF") }

  private func volume(_ name: String, _ source: String, reclaim: String = "Retain") -> String {
    """
    apiVersion: v1
    kind: PersistentVolume
    metadata: {name: \(name)}
    spec:
      capacity: {storage: 1Gi}
      accessModes: [ReadWriteOnce]
      persistentVolumeReclaimPolicy: \(reclaim)
      storageClassName: manual
      \(source)
    ---

    """
  }

  private func claim(_ name: String, volume: String = "") -> String {
    """
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: \(name)}
    spec:
      accessModes: [ReadWriteOnce]
      storageClassName: manual
      volumeName: "\(volume)"
      resources: {requests: {storage: 1Gi}}
    ---

    """
  }

  private func pod(_ name: String, claim: String, _ more: String = "") -> String {
    """
    apiVersion: v1
    kind: Pod
    metadata: {name: \(name)}
    spec:
      \(more)
      containers:
      - name: c
        image: busybox
        command: [sleep, "36000"]
        volumeMounts: [{name: data, mountPath: /data}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: \(claim)}}]
    ---

    """
  }

  private func clear() {
    run("kubectl delete pod --all --now; kubectl delete pvc --all; kubectl delete pv --all")
  }

  @Test(
    "a claim without a class gets the default one that comes later, one with an empty class none")
  func lateDefault() {
    let claim = "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}"
    _ = apply(
      "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: open}\n\(claim)}\n---\n"
        + "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: none}\n"
        + "\(claim), storageClassName: \"\"}")
    _ = apply(
      "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: late, annotations: "
        + "{storageclass.kubernetes.io/is-default-class: \"true\"}}\n"
        + "provisioner: kubernetes.io/no-provisioner\nvolumeBindingMode: WaitForFirstConsumer")
    run("sleep 20")
    let classes =
      "kubectl get pvc -o jsonpath='{range .items[*]}{.metadata.name}={.spec.storageClassName} {end}'"
    #expect(run(classes) == "none= open=late ")
    #expect(run("kubectl describe pvc open").contains("waiting for first consumer"))
  }

  @Test("a hostPath volume is the node's own directory, whatever the volume is called")
  func hostPath() {
    run("ssh controlplane 'mkdir -p /mnt/web; echo hello > /mnt/web/index.html'")
    let source = "hostPath: {path: /mnt/web}"
    _ = apply(volume("one", source) + claim("web") + pod("p", claim: "web"))
    run("kubectl wait --for=condition=Ready pod/p")
    #expect(run("kubectl exec p -- cat /data/index.html") == "hello\n")
    run("kubectl exec p -- sh -c 'echo more > /data/more'")
    #expect(run("ssh controlplane cat /mnt/web/more") == "more\n")
    clear()
    _ = apply(volume("two", source) + claim("web") + pod("p", claim: "web"))
    run("kubectl wait --for=condition=Ready pod/p")
    #expect(run("kubectl exec p -- cat /data/more") == "more\n")
  }

  @Test("a local volume whose path is not there is not mounted")
  func local() {
    let affinity =
      "nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: "
      + "[{key: kubernetes.io/hostname, operator: In, values: [controlplane]}]}]}}"
    _ = apply(
      volume("disk", "local: {path: /mnt/disk1}\n  \(affinity)") + claim("d")
        + pod("p", claim: "d"))
    run("sleep 20")
    #expect(
      run("kubectl describe pod p").contains(
        "MountVolume.NewMounter initialization failed for volume \"disk\" : path \"/mnt/disk1\" "
          + "does not exist"))
    run("ssh controlplane mkdir -p /mnt/disk1; sleep 200")
    #expect(run("kubectl get pod p -o jsonpath='{.status.phase}'") == "Running")
  }

  @Test("a share's data belong to the share: another volume of it has them, one beside it has not")
  func share() {
    func mount(_ name: String, _ path: String) -> String {
      _ = apply(
        volume(name, "nfs: {server: 10.0.0.9, path: \(path)}") + claim("s") + pod("p", claim: "s"))
      return run("kubectl wait --for=condition=Ready pod/p; kubectl exec p -- ls /data")
    }
    _ = mount("a", "/srv/a")
    run("kubectl exec p -- touch /data/file")
    clear()
    #expect(mount("b", "/srv/a").hasSuffix("file\n"))
    clear()
    #expect(!mount("a", "/srv/b").contains("file"))
  }

  @Test("a released volume whose claimRef is taken away is bound again", arguments: [false, true])
  func released(_ onlyUID: Bool) {
    _ = apply(volume("kept", "hostPath: {path: /mnt/kept}") + claim("c"))
    run("sleep 5; kubectl delete pvc c; sleep 5")
    let phase = "kubectl get pv kept -o jsonpath='{.status.phase}'"
    #expect(run(phase) == "Released")
    _ = apply(claim("c"))
    run("sleep 40")
    #expect(run("kubectl get pvc c -o jsonpath='{.status.phase}'") == "Pending")
    let path = onlyUID ? "/spec/claimRef/uid" : "/spec/claimRef"
    run("kubectl patch pv kept --type json -p '[{\"op\":\"remove\",\"path\":\"\(path)\"}]'")
    run("sleep 20")
    #expect(run(phase) == "Bound")
    #expect(run("kubectl get pvc c -o jsonpath='{.spec.volumeName}'") == "kept")
  }

  @Test("a claim waits to go for Pods that are on a node, finished ones too, and for no others")
  func protection() {
    _ = apply(
      volume("v", "hostPath: {path: /mnt/v}") + claim("c")
        + pod("waits", claim: "c", "nodeSelector: {no: node}"))
    run("sleep 5; kubectl delete pvc c --wait=false; sleep 5")
    #expect(run("kubectl get pvc c").contains("NotFound"))
    run("kubectl delete pod waits --now; kubectl delete pv v")
    _ = apply(
      volume("v", "hostPath: {path: /mnt/v}") + claim("c")
        + pod("done", claim: "c", "restartPolicy: Never\n  activeDeadlineSeconds: 5"))
    run("sleep 40; kubectl delete pvc c --wait=false; sleep 5")
    #expect(run("kubectl get pod done -o jsonpath='{.status.phase}'") == "Failed")
    #expect(run("kubectl get pvc c").contains("Terminating"))
    run("kubectl delete pod done --now; sleep 5")
    #expect(run("kubectl get pvc c").contains("NotFound"))
  }

  @Test("a projected token lives as long as was asked for, and is renewed in time")
  func projectedToken() {
    _ = apply(
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: p}
      spec:
        containers:
        - name: c
          image: busybox
          command: [sleep, "36000"]
          volumeMounts: [{name: t, mountPath: /t}]
        volumes:
        - name: t
          projected:
            sources: [{serviceAccountToken: {path: token, expirationSeconds: 600, audience: vault}}]
      """)
    run("kubectl wait --for=condition=Ready pod/p")
    let life =
      "kubectl exec p -- cat /t/token | cut -d. -f2 | tr '_-' '/+' | base64 -d 2>/dev/null "
      + "| jq '.exp - .iat'"
    #expect(run(life) == "600\n")
    let token = run("kubectl exec p -- cat /t/token")
    run("sleep 240")
    #expect(run("kubectl exec p -- cat /t/token") == token)
    run("sleep 360")
    #expect(run("kubectl exec p -- cat /t/token") != token)
  }

  @Test("whoever shows a certificate is known by it; a token counts where there is none")
  func credentials() {
    run("kubectl create serviceaccount bot")
    _ = apply(
      """
      apiVersion: v1
      kind: Secret
      metadata: {name: bot-token, annotations: {kubernetes.io/service-account.name: bot}}
      type: kubernetes.io/service-account-token
      """)
    run("sleep 2")
    let token = "$(kubectl get secret bot-token -o jsonpath='{.data.token}' | base64 -d)"
    let who = "auth whoami -o jsonpath='{.status.userInfo.username}'"
    #expect(run("kubectl --token \(token) \(who)") == "kubernetes-admin")
    run("kubectl config set-credentials bot --token=\(token)")
    #expect(run("kubectl --user bot \(who)") == "system:serviceaccount:default:bot")
    let used =
      "kubectl get secret bot-token "
      + "-o jsonpath='{.metadata.labels.kubernetes\\.io/legacy-token-last-used}'"
    #expect(run(used) == run("date -u +%F").filter { $0 != "\n" })
    run("kubectl label secret bot-token kubernetes.io/legacy-token-invalid-since=2026-01-01")
    #expect(run("kubectl --user bot \(who)").contains("Unauthorized"))
    run("kubectl label secret bot-token kubernetes.io/legacy-token-invalid-since-")
    // The server does not know this certificate's authority, and looks at the token.
    run(
      "openssl req -x509 -newkey rsa:2048 -nodes -keyout k -out c -days 9 -subj /CN=x && "
        + "kubectl config set-credentials bot --client-certificate=$PWD/c --client-key=$PWD/k")
    #expect(run("kubectl --user bot \(who)") == "system:serviceaccount:default:bot")
    run("kubectl delete secret bot-token")
    #expect(run("kubectl --user bot get pods").contains("Unauthorized"))
  }

  @Test("what local-path made on a node's disk goes with its volume")
  func reclaimed() {
    let cluster = Cluster(.kubeadm, seed: 1)
    func run(_ line: String) -> String { cluster.shell.run(line).output }
    _ = run(
      """
      kubectl apply -f https://raw.githubusercontent.com/rancher/local-path-provisioner/v0.0.32/deploy/local-path-storage.yaml
      kubectl apply -f - <<EOF
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata: {name: data}
      spec: {storageClassName: local-path, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: p}
      spec:
        terminationGracePeriodSeconds: 1
        containers:
        - {name: c, image: busybox, command: [sleep, "36000"], volumeMounts: [{name: d, mountPath: /d}]}
        volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]
      EOF
      sleep 30; kubectl exec p -- touch /d/f
      N=$(kubectl get pod p -o jsonpath='{.spec.nodeName}')
      """)
    #expect(run("ssh $N ls /opt/local-path-provisioner/*_default_data") == "f\n")
    _ = run("kubectl delete pod p; kubectl delete pvc data; sleep 20")
    #expect(run("kubectl get pv -o name") == "")
    #expect(run("ssh $N ls /opt/local-path-provisioner") == "")
  }
}
