import Testing

@testable import KubeCluster

@Test("a learner makes a key and a request, has it approved, and then acts as that user")
func certificateWalk() {
  let cluster = Cluster(.single, seed: 5)
  func run(_ line: String) -> String {
    let result = cluster.shell.run(line)
    return result.output + result.errors
  }
  #expect(run("openssl genrsa -out jane.key 2048") == "")
  #expect(run("openssl req -new -key jane.key -subj '/CN=jane/O=dev' -out jane.csr") == "")
  let created = run(
    """
    cat <<EOF | kubectl apply -f -
    apiVersion: certificates.k8s.io/v1
    kind: CertificateSigningRequest
    metadata:
      name: jane
    spec:
      request: $(cat jane.csr | base64 | tr -d '\\n')
      signerName: kubernetes.io/kube-apiserver-client
      expirationSeconds: 86400
      usages: ["client auth"]
    EOF
    """)
  #expect(created == "certificatesigningrequest.certificates.k8s.io/jane created\n")
  #expect(
    run("kubectl certificate approve jane")
      == "certificatesigningrequest.certificates.k8s.io/jane approved\n")
  _ = run(
    "sleep 1; kubectl get csr jane -o jsonpath='{.status.certificate}' | base64 -d > jane.crt")
  #expect(run("openssl x509 -in jane.crt -noout -subject") == "subject=O = dev, CN = jane\n")
  _ = run(
    "kubectl config view --raw -o jsonpath='{.clusters[0].cluster.certificate-authority-data}'"
      + " | base64 -d > ca.crt")
  #expect(run("openssl verify -CAfile ca.crt jane.crt") == "jane.crt: OK\n")
  _ = run("kubectl create role r --verb=get,list --resource=pods")
  _ = run("kubectl create rolebinding rb --role=r --user=jane")
  _ = run(
    "kubectl config set-credentials jane --client-key=jane.key --client-certificate=jane.crt "
      + "--embed-certs=true")
  _ = run("kubectl config set-context jane --cluster=kubernetes --user=jane")
  #expect(run("kubectl --context jane auth can-i list pods") == "yes\n")
  #expect(run("kubectl --context jane auth can-i delete pods") == "no\n")
  #expect(run("kubectl --context jane auth whoami").contains("jane"))
  // Not embedded, the files are named from the root; a certificate without its key says nothing.
  _ = run("kubectl config set-credentials half --client-certificate=jane.crt")
  _ = run("kubectl config set-context half --cluster=kubernetes --user=half")
  #expect(run("kubectl config view | grep client-certificate:").hasSuffix(": /root/jane.crt\n"))
  #expect(
    run("kubectl --context half get pods 2>&1")
      == "error: client-key-data or client-key must be specified for half to use the clientCert "
      + "authentication method.\n")
  _ = run("kubectl config set-credentials half --client-key=./jane.key")
  #expect(run("kubectl --context half auth whoami").contains("jane"))
  // A kubelet's certificate and key stand in one file.
  #expect(
    run(
      "ssh controlplane 'KUBECONFIG=/etc/kubernetes/kubelet.conf kubectl get node controlplane -o name'"
    )
    .hasSuffix("node/controlplane\n"))
  _ = run("openssl genrsa -out other.key 2048")
  _ = run("kubectl config set-credentials half --client-key=other.key")
  #expect(
    run("kubectl --context half auth whoami 2>&1")
      == "error: tls: private key does not match public key\n")
  let shown = run(
    "openssl s_client -connect $(kubectl config view -o jsonpath='{.clusters[0].cluster.server}' "
      + "| cut -d/ -f3) -CAfile ca.crt </dev/null")
  #expect(shown.contains("Verify return code: 0 (ok)"), "\(shown)")
  let text = run(
    "openssl x509 -pubkey -in ca.crt | openssl rsa -pubin -outform der 2>/dev/null "
      + "| openssl dgst -sha256 -hex | sed 's/^.* //'")
  #expect(text.count == 65, "\(text)")
}

@Test("a short certificate lasts as long as was asked for, a long one begins and ends earlier")
func shortCertificates() {
  let desk = SurgeryDesk(.single)
  desk.run("openssl genrsa -out k 2048; openssl req -new -key k -subj /CN=a -out r")
  for (seconds, end) in [(3600, "Jun  1 10:00"), (86_400, "Jun  2 08:55")] {
    let shown = desk.run(
      """
      cat <<E | kubectl apply -f - > /dev/null
      apiVersion: certificates.k8s.io/v1
      kind: CertificateSigningRequest
      metadata: {name: a\(seconds)}
      spec: {request: $(base64 -w0 r), signerName: kubernetes.io/kube-apiserver-client, usages: [client auth], expirationSeconds: \(seconds)}
      E
      kubectl certificate approve a\(seconds) > /dev/null; sleep 1
      kubectl get csr a\(seconds) -o jsonpath='{.status.certificate}' | base64 -d | openssl x509 -noout -enddate
      """)
    #expect(shown.hasPrefix("notAfter=\(end)"), "\(shown)")
  }
}
