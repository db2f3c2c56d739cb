import Testing

@testable import KubeCluster

@Test(
  "scanners tell of images and manifests",
  arguments: [
    ("trivy image --severity CRITICAL nginx:1.19", "CVE-2021-3711"),
    (
      "trivy image -q --severity HIGH,CRITICAL nginx:1.29 | head -4 | tail -1",
      "Total: 0 (HIGH: 0, CRITICAL: 0)"
    ),
    ("trivy image --severity CRITICAL --exit-code 1 alpine:3.12 >/dev/null 2>&1; echo $?", "1\n"),
    (
      "trivy image -f json -q nginx:1.19 | jq -r '.Results[0].Vulnerabilities | length > 5'",
      "true\n"
    ),
    ("trivy image nope", "unable to find the specified image \"nope\""),
    ("trivy k8s", "drydock: not simulated: trivy k8s\n"),
    (
      "kubectl run x --image=nginx --dry-run=client -o yaml > x.yaml; kubesec scan x.yaml | jq '.[0].score'",
      "0\n"
    ),
    (
      "kubectl run x --image=nginx --privileged --dry-run=client -o yaml | kubesec scan - | jq -r '.[0].message'",
      "Failed with a score of -30 points\n"
    ),
    ("kube-bench version", "0.12.0\n"),
  ])
func scanners(_ line: String, _ words: String) {
  let made = Cluster(.plain, seed: 1).shell.run(line)
  #expect((made.output + made.errors).contains(words), "\(made.output)\(made.errors)")
}
