import Testing

@testable import KubeCluster

@Test(
  "scanners tell of images and manifests",
  arguments: [
    ("trivy image --severity CRITICAL nginx:1.19", "CVE-2021-3711"),
    (
      "trivy image -q --severity HIGH,CRITICAL nginx:1.29 | grep Total:",
      "Total: 0 (HIGH: 0, CRITICAL: 0)"
    ),
    ("trivy image --severity CRITICAL --exit-code 1 alpine:3.12 >/dev/null 2>&1; echo $?", "1\n"),
    (
      "trivy image -f json -q nginx:1.19 | jq -r '.Results[0].Vulnerabilities | length > 5'",
      "true\n"
    ),
    ("trivy image nope", "unable to find the specified image \"nope\""),
    // A package has one version, whichever of its weaknesses is told of.
    (
      "trivy image -f json -q nginx:1.19 | jq '[.Results[0].Vulnerabilities[] | {PkgName, InstalledVersion}] "
        + "| group_by(.PkgName) | all(map(.InstalledVersion) | unique | length == 1)'", "true\n"
    ),
    (
      "trivy image -q -f cyclonedx -o c.json nginx:1.19; jq -r '.bomFormat, .specVersion' c.json",
      "CycloneDX\n1.6\n"
    ),
    ("trivy image -q -f spdx-json alpine:3.18 | jq -r .spdxVersion", "SPDX-2.3\n"),
    (
      "trivy image -q -f sarif -s CRITICAL nginx:1.19 | jq -r '.runs[0].results | map(.level) | unique[]'",
      "error\n"
    ),
    (
      "trivy image -q -f template -t '{{range .}}{{.Type}} {{len .Vulnerabilities}}{{end}}' -s LOW nginx:1.19",
      "debian "
    ),
    // A bill of materials tells the same as its image, in either form and by either tool.
    (
      "for f in cyclonedx spdx-json spdx; do trivy image -q -f $f nginx:1.19 > b; trivy sbom -q -f json b "
        + "| jq '.Results[0].Vulnerabilities | length'; done | uniq | wc -l", "1\n"
    ),
    (
      "bom generate -i nginx:1.19 --format json -o b.json 2>/dev/null; trivy sbom -q -s CRITICAL b.json "
        + "| grep -c CVE-2021-3711", "2\n"
    ),
    ("bom generate --image alpine:3.18 2>/dev/null | grep -c ^PackageName", "9\n"),
    ("syft -q alpine:3.18 | head -2", "alpine-baselayout  3.4.3-r1   apk"),
    ("trivy image -f yaml nginx", "invalid argument \"yaml\" for \"--format\" flag"),
    (
      "kubectl run x --image=nginx --privileged --dry-run=client -o yaml > x.yaml; "
        + "trivy config -q -s HIGH x.yaml",
      "AVD-KSV-0017 (HIGH): Container 'x' of Pod 'x' should set "
        + "'securityContext.privileged' to false\n"
    ),
    (
      "printf 'FROM nginx\\nENV DB_PASSWORD=x\\n' > Dockerfile; trivy config -q -f json . | jq -r "
        + "'.Results[].Misconfigurations[].AVDID'",
      "AVD-DS-0001\nAVD-DS-0002\nAVD-DS-0026\nAVD-DS-0031\n"
    ),
    ("trivy fs --scanners misconfig --exit-code 3 -q . >/dev/null; echo $?", "0\n"),
    ("trivy k8s --report some", "invalid argument \"some\" for \"--report\" flag"),
    (
      "kubectl run x --image=nginx --dry-run=client -o yaml > x.yaml; kubesec scan x.yaml | jq '.[0].score'",
      "0\n"
    ),
    (
      "kubectl run x --image=nginx --privileged --dry-run=client -o yaml | kubesec scan - | jq -r '.[0].message'",
      "Failed with a score of -30 points\n"
    ),
    ("kube-bench version", "0.12.0\n"),
    ("kube-bench '' = version", "0.12.0\n"),
  ])
func scanners(_ line: String, _ words: String) {
  let cluster = Cluster(.plain, seed: 1)
  let made = cluster.shell.run(line)
  #expect((made.output + made.errors).contains(words), "\(made.output)\(made.errors)")
}

@Test("trivy looks at what a cluster runs")
func clusterScan() {
  let cluster = Cluster(.single, seed: 1)
  _ = cluster.shell.run("kubectl create deployment old --image=nginx:1.19; sleep 20")
  let told = cluster.shell.run("trivy k8s --report summary --include-namespaces default").output
  #expect(told.hasPrefix("\nSummary Report for kubernetes-admin@kubernetes\n===="), "\(told)")
  #expect(told.contains("│ default   │ Deployment/old │ C:"), "\(told)")
  #expect(!told.contains("ReplicaSet/"))
  #expect(!told.contains("kube-system"))
}

@Test("the way of Kubernetes' own documentation to its packages works")
func packagePath() {
  let cluster = Cluster(.plain, seed: 1)
  func run(_ line: String) -> String {
    let result = cluster.shell.run(line)
    return result.output + result.errors
  }
  _ = run("sudo apt-get install -y apt-transport-https ca-certificates curl gpg")
  #expect(
    run(
      "curl -fsSL https://pkgs.k8s.io/core:/stable:/v1.36/deb/Release.key | sudo gpg --dearmor -o "
        + "/etc/apt/keyrings/kubernetes-apt-keyring.gpg; echo $?"
    ).hasSuffix("0\n")
      || run("ls /etc/apt/keyrings").contains("kubernetes"))
  _ = run(
    "echo 'deb [signed-by=/etc/apt/keyrings/kubernetes-apt-keyring.gpg] "
      + "https://pkgs.k8s.io/core:/stable:/v1.36/deb/ /' | sudo tee "
      + "/etc/apt/sources.list.d/kubernetes.list")
  _ = run("sudo apt-get update")
  #expect(
    run("sudo apt-get install -y kubelet kubeadm kubectl").contains(
      "Setting up kubeadm (1.36.3-1.1) ...\n"))
  #expect(
    run("sudo apt-mark hold kubelet kubeadm kubectl")
      == "kubelet set on hold.\nkubeadm set on hold.\nkubectl set on hold.\n")
  #expect(run("istioctl version") == "drydock: not simulated: istioctl\n")
}

@Test("a node's programs are compared with those of the release page")
func releasedPrograms() {
  let cluster = Cluster(.plain, seed: 1)
  func run(_ line: String) -> String {
    let result = cluster.shell.run(line)
    return result.output + result.errors
  }
  let page = "https://dl.k8s.io/v1.36.2"
  _ = run(
    "curl -sLO \(page)/kubernetes-server-linux-amd64.tar.gz; tar xzf kubernetes-server-linux-amd64.tar.gz; "
      + "cp kubernetes/server/bin/kubelet mine")
  #expect(
    run("echo \"$(curl -sL \(page)/bin/linux/amd64/kubelet.sha512)  mine\" | sha512sum --check")
      == "mine: OK\n")
  #expect(
    run(
      "echo more >> mine; echo \"$(curl -sL \(page)/bin/linux/amd64/kubelet.sha512)  mine\" | sha512sum -c"
    )
    .hasPrefix("mine: FAILED\n"))
  #expect(run("ls kubernetes/server/bin | wc -l") == "7\n")
}

@Test("kube-bench reads the files of the node that it runs on")
func benchmark() {
  let cluster = Cluster(.plain, seed: 1)
  func run(_ line: String) -> String {
    let result = cluster.shell.run(line)
    return result.output + result.errors
  }
  #expect(run("kube-bench run").hasPrefix("unable to determine benchmark version"))
  _ = run(
    """
    mkdir -p /etc/kubernetes/manifests /var/lib/kubelet
    cat > /etc/kubernetes/manifests/kube-apiserver.yaml <<'EOF'
    apiVersion: v1
    kind: Pod
    spec:
      containers:
      - command: [kube-apiserver, "--authorization-mode=Node,RBAC", --profiling=true]
    EOF
    chmod 644 /etc/kubernetes/manifests/kube-apiserver.yaml
    printf 'authentication: {anonymous: {enabled: true}}\\n' > /var/lib/kubelet/config.yaml
    """)
  let master = run("kube-bench run --targets=master --check 1.1.1,1.2.1,1.2.6,1.2.8,1.2.15")
  for line in [
    "[FAIL] 1.1.1 ", "[WARN] 1.2.1 ", "[PASS] 1.2.6 ", "[PASS] 1.2.8 ", "[FAIL] 1.2.15 ",
    "2 checks PASS\n2 checks FAIL\n1 checks WARN\n",
  ] { #expect(master.contains(line), "\(master)") }
  _ = run("sed -i s/profiling=true/profiling=false/ /etc/kubernetes/manifests/kube-apiserver.yaml")
  #expect(run("kube-bench run --check 1.2.15 --targets master").contains("[PASS] 1.2.15"))
  #expect(run("kube-bench run --targets=node --check 4.2.1").contains("[FAIL] 4.2.1 "))
  #expect(
    run(
      "kube-bench run -s master -c 1.2.15,1.1.1 --json | jq -c '.Totals, [.Controls[].tests[] | .section, "
        + ".results[0].status]'")
      == "{\"total_fail\":1,\"total_info\":0,\"total_pass\":1,\"total_warn\":0}\n"
      + "[\"1.1\",\"FAIL\",\"1.2\",\"PASS\"]\n")
  #expect(
    run("kube-bench run --targets policies --nototals --noremediations | tail -6 | head -5")
      == "== Summary policies ==\n0 checks PASS\n0 checks FAIL\n32 checks WARN\n0 checks INFO\n")
  #expect(run("kube-bench run --targets=workers").contains("not configured for the CIS Benchmark"))
}

@Test("kube-linter finds what is on by default, leaves out what it is told, and says how many")
func kubeLinter() {
  let cluster = Cluster(.apiserver, seed: 1)
  func run(_ line: String) -> (status: Int32, text: String) {
    let result = cluster.shell.run(line)
    return (result.status, result.output + result.errors)
  }
  _ = run(
    """
    mkdir app
    cat > app/pod.yaml <<'EOF'
    apiVersion: v1
    kind: Pod
    metadata: {name: web, labels: {app: web}}
    spec:
      hostNetwork: true
      containers:
      - name: c
        image: nginx
        securityContext: {privileged: true, readOnlyRootFilesystem: true}
        resources: {requests: {cpu: 1, memory: 1Mi}, limits: {cpu: 1}}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: other}
    spec: {selector: {app: other}, ports: [{port: 80}]}
    EOF
    """)
  let all = run("kube-linter lint app")
  #expect(all.status == 1)
  for part in [
    "app/pod.yaml: (object: <no namespace>/web /v1, Kind=Pod) container \"c\" is privileged (check: "
      + "privileged-container, remediation: Do not run your container as privileged unless it is "
      + "required.)",
    "resource shares host's network namespace (via hostNetwork=true).",
    "container \"c\" has memory limit 0", "container \"c\" is not set to runAsNonRoot",
    "invalid container image, \"nginx\"", "no pods found matching service labels (map[app:other])",
    "Error: found 7 lint errors",
  ] { #expect(all.text.contains(part), "\(part) in \(all.text)") }
  #expect(!all.text.contains("cpu limit") && !all.text.contains("read-only root"))
  #expect(!run("kube-linter lint app --exclude latest-tag").text.contains("latest-tag"))
  let one = run("kube-linter lint app/pod.yaml --do-not-auto-add-defaults --include host-network")
  #expect(one.text.contains("found 1 lint errors"))
  #expect(run("kube-linter lint app --format json | jq '.Reports | length'").text.contains("7\n"))
  #expect(run("kube-linter lint nothing.yaml").status == 1)
}

@Test("cosign signs an image by a key, and only that key's public half verifies it")
func cosign() {
  let cluster = Cluster(.apiserver, seed: 1)
  func run(_ line: String) -> (status: Int32, text: String) {
    let result = cluster.shell.run("export COSIGN_PASSWORD=secret; " + line)
    return (result.status, result.output + result.errors)
  }
  #expect(
    run("cosign generate-key-pair").text
      == "Private key written to cosign.key\nPublic key written to cosign.pub\n")
  #expect(run("head -1 cosign.key").text == "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n")
  let none = run("cosign verify --key cosign.pub nginx:1.29")
  #expect(none.status == 10 && none.text.contains("no signatures found"))
  #expect(
    run("COSIGN_PASSWORD=wrong cosign sign --key cosign.key nginx:1.29").text.contains(
      "decryption failed"))
  #expect(
    run("cosign sign --key cosign.key -a team=web nginx:1.29").text
      == "Pushing signature to: docker.io/library/nginx\n")
  let good = run(
    "cosign verify --key cosign.pub nginx:1.29 2>/dev/null | jq -r '.[0].optional.team'")
  #expect(good.text == "web\n", "\(good)")
  _ = run("cosign generate-key-pair --output-key-prefix other")
  let wrong = run("cosign verify --key other.pub nginx:1.29")
  #expect(wrong.status == 12 && wrong.text.contains("no matching signatures"))
  #expect(run("cosign verify --key cosign.pub nginx:1.28").status == 10)
  #expect(run("cosign sign --key cosign.key nothing.example.com/x").text.contains("not found"))
}
