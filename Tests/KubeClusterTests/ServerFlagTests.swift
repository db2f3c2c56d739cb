import KubeAPIServer
import KubeObjects
import Simulation
import Testing

@testable import KubeCluster

private let manifest = "/etc/kubernetes/manifests/kube-apiserver.yaml"

extension SurgeryDesk {
  /// Adds flags and mounts of a file or directory to the API server, and waits until it is back.
  fileprivate func serve(_ flags: [String], mount: String? = nil, type: String = "File") {
    var script = flags.map { "sed -i 's#^    - kube-apiserver$#&\\n    - \($0)#' \(manifest)\n" }
      .joined()
    if let mount {
      script +=
        "sed -i 's#^    volumeMounts:#&\\n    - {mountPath: \(mount), name: more}#; "
        + "s#^  volumes:#&\\n  - {name: more, hostPath: {path: \(mount), type: \(type)}}#' \(manifest)\n"
    }
    plane(script)
    run("sleep 40")
  }
}

@Test("an optional admission plug-in runs when it is asked for")
func admission() {
  let desk = SurgeryDesk(.single)
  desk.plane(
    "sed -i 's/=NodeRestriction/=NodeRestriction,NamespaceAutoProvision,AlwaysPullImages/' \(manifest)"
  )
  desk.run("sleep 40; kubectl run a --image=nginx:1.25 -n fresh")
  #expect(
    desk.run("kubectl get pod a -n fresh -o jsonpath='{.spec.containers[0].imagePullPolicy}'")
      == "Always")
}

@Test("beta versions are served when they are asked for, and others no longer")
func runtimeConfig() {
  let desk = SurgeryDesk(.single)
  desk.serve(["--runtime-config=storage.k8s.io/v1beta1=true,batch/v1=false"])
  #expect(
    desk.run("kubectl api-versions | grep -E '^(batch|storage)'")
      == "storage.k8s.io/v1\nstorage.k8s.io/v1beta1\n")
  #expect(
    desk.run("kubectl get jobs") == "error: the server doesn't have a resource type \"jobs\"\n")
}

@Test("images wait for the answer of a backend, or of its absence")
func imagePolicy() {
  let desk = SurgeryDesk(.single)
  desk.plane(
    """
    mkdir -p /etc/kubernetes/images
    cat > /etc/kubernetes/images/admission.yaml <<'X'
    apiVersion: apiserver.config.k8s.io/v1
    kind: AdmissionConfiguration
    plugins:
    - name: ImagePolicyWebhook
      path: policy.yaml
    - name: PodSecurity
      configuration:
        apiVersion: pod-security.admission.config.k8s.io/v1
        kind: PodSecurityConfiguration
        defaults: {enforce: baseline, enforce-version: latest}
        exemptions: {namespaces: [kube-system, free]}
    X
    cat > /etc/kubernetes/images/policy.yaml <<'X'
    imagePolicy: {kubeConfigFile: /etc/kubernetes/images/kubeconfig, allowTTL: 50, denyTTL: 50, defaultAllow: false}
    X
    sed -i 's/=NodeRestriction/=NodeRestriction,ImagePolicyWebhook/' \(manifest)
    """)
  desk.serve(
    ["--admission-control-config-file=/etc/kubernetes/images/admission.yaml"],
    mount: "/etc/kubernetes/images", type: "Directory")
  #expect(desk.run("kubectl get nodes").contains("was refused"))
  #expect(
    desk.plane("cat /var/log/pods/kube-system_kube-apiserver-*/kube-apiserver/*.log | tail -1")
      .contains(
        "\"command failed\" err=\"failed to apply admission: couldn't init admission plugin "
          + "\\\"ImagePolicyWebhook\\\": stat /etc/kubernetes/images/kubeconfig: no such file or directory\""
      ))
  desk.plane(
    """
    cat > /etc/kubernetes/images/kubeconfig <<'X'
    apiVersion: v1
    kind: Config
    clusters: [{name: bouncer, cluster: {server: "https://localhost:1234"}}]
    contexts: [{name: a, context: {cluster: bouncer, user: b}}]
    current-context: a
    users: [{name: b, user: {}}]
    X
    """)
  desk.run("sleep 400")
  #expect(
    desk.run("kubectl run x --image=nginx")
      == "Error from server (Forbidden): pods \"x\" is forbidden: Post \"https://localhost:1234/?timeout=30s\": "
      + "dial tcp 127.0.0.1:1234: connect: connection refused\n")
  desk.plane(
    "sed -i 's/defaultAllow: false/defaultAllow: true/' /etc/kubernetes/images/policy.yaml; "
      + "mv \(manifest) /root; sleep 20; mv /root/kube-apiserver.yaml \(manifest)")
  desk.run("sleep 60")
  #expect(desk.run("kubectl run x --image=nginx") == "pod/x created\n")
  // The same file tells what namespaces without labels ask of their Pods.
  #expect(
    desk.run("kubectl run y --image=nginx --privileged").contains(
      "violates PodSecurity \"baseline:latest\": privileged"))
  #expect(
    desk.run("kubectl create ns free; sleep 20; kubectl run y -n free --image=nginx --privileged")
      == "namespace/free created\npod/y created\n")
}

@Test("a server speaks the versions of TLS, and the cipher suites, that it is told to")
func transport() {
  let desk = SurgeryDesk(.single)
  let ask =
    "echo | openssl s_client -connect localhost:6443 -tls1_2 2>&1 | grep -e '^New,' -e alert"
  #expect(desk.plane(ask) == "New, TLSv1.2, Cipher is ECDHE-RSA-AES128-GCM-SHA256\n")
  desk.serve(["--tls-min-version=VersionTLS13"])
  #expect(desk.plane(ask).contains(":tlsv1 alert protocol version:"))
  #expect(
    desk.plane("curl -k --tls-max 1.2 https://localhost:6443/version").contains(
      "curl: (35) OpenSSL/3.0.13: error:0A00042E:SSL routines::tlsv1 alert protocol version"))
  #expect(desk.plane("curl -sk https://localhost:6443/version").contains("gitVersion"))
  desk.serve(["--tls-cipher-suites=TLS_AES_256_NOPE"])
  #expect(
    desk.plane("cat /var/log/pods/kube-system_kube-apiserver-*/kube-apiserver/*.log | tail -1")
      .contains(
        "Cipher suite TLS_AES_256_NOPE not supported or doesn't exist"))
}

@Test("anonymous requests are refused when the server knows none")
func anonymous() {
  let desk = SurgeryDesk(.single)
  #expect(desk.plane("curl -sk https://localhost:6443/version").contains("gitVersion"))
  desk.serve(["--anonymous-auth=false"])
  #expect(desk.plane("curl -sk https://localhost:6443/version").contains("Unauthorized"))
}

@Test("the audit log holds what its policy asks for, and no more")
func auditLog() {
  let desk = SurgeryDesk(.single)
  desk.plane(
    """
    mkdir -p /etc/kubernetes/audit
    cat > /etc/kubernetes/audit/policy.yaml <<'X'
    apiVersion: audit.k8s.io/v1
    kind: Policy
    omitStages: [RequestReceived]
    rules:
    - level: RequestResponse
      namespaces: [prod]
      resources: [{group: "", resources: [secrets]}]
    - level: Metadata
      verbs: [delete]
      resources: [{group: "", resources: [configmaps]}]
    - level: Request
      verbs: [create]
      namespaces: [strict]
      resources: [{group: "", resources: [pods]}]
    - level: None
    X
    """)
  desk.serve(
    [
      "--audit-policy-file=/etc/kubernetes/audit/policy.yaml",
      "--audit-log-path=/etc/kubernetes/audit/audit.log",
    ], mount: "/etc/kubernetes/audit", type: "Directory")
  desk.run(
    "kubectl create ns prod; kubectl create secret generic s -n prod --from-literal=a=b; "
      + "kubectl create cm c; kubectl delete cm c; kubectl get pods; "
      + "kubectl delete secret s -n prod --as bob")
  let log = desk.plane(
    "jq -r '[.level, .verb, .objectRef.resource, .responseStatus.code] | @tsv' "
      + "/etc/kubernetes/audit/audit.log")
  #expect(
    log
      == "RequestResponse\tcreate\tsecrets\t201\nMetadata\tdelete\tconfigmaps\t200\n"
      + "RequestResponse\tdelete\tsecrets\t403\n", "\(log)")
  let who = desk.plane(
    "jq -r '[.user.username, .impersonatedUser.username, "
      + ".authenticationMetadata.impersonationConstraint, .objectRef.name, "
      + ".annotations[\"authorization.k8s.io/decision\"]] | @tsv' /etc/kubernetes/audit/audit.log")
  #expect(
    who == "kubernetes-admin\t\t\ts\tallow\nkubernetes-admin\t\t\tc\tallow\n"
      + "kubernetes-admin\tbob\timpersonate:user-info\ts\tforbid\n", "\(who)")
  let first = desk.plane("head -c 51 /etc/kubernetes/audit/audit.log")
  #expect(first == "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"lev", "\(first)")
  let body = desk.plane("jq -r '.requestObject.data.a' /etc/kubernetes/audit/audit.log | head -1")
  #expect(body == "Yg==\n")
  // Objects are told of as they were read; of what admission found there are annotations.
  desk.run(
    """
    kubectl create ns strict
    kubectl label ns strict pod-security.kubernetes.io/audit=restricted
    cat <<'X' | kubectl apply -f -
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicy
    metadata: {name: named}
    spec:
      matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}
      validations: [{expression: "object.metadata.name != 'web'", message: not web}]
      auditAnnotations: [{key: image, valueExpression: "string(object.spec.containers[0].image)"}]
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicyBinding
    metadata: {name: told}
    spec: {policyName: named, validationActions: [Audit]}
    X
    sleep 5
    kubectl run web -n strict --image=nginx
    """)
  let pod = desk.plane(
    "grep '\"pods\"' /etc/kubernetes/audit/audit.log | jq -r '.requestObject.spec.dnsPolicy, "
      + ".requestObject.metadata.namespace, .annotations[\"pod-security.kubernetes.io/enforce-policy\"], "
      + ".annotations[\"pod-security.kubernetes.io/audit-violations\"], .annotations[\"named/image\"], "
      + ".annotations[\"validation.policy.admission.k8s.io/validation_failure\"]'")
  #expect(
    pod.hasPrefix(
      "ClusterFirst\nstrict\nprivileged:latest\nwould violate PodSecurity \"restricted:latest\": "
        + "allowPrivilegeEscalation != false (container \"web\" must set"), "\(pod)")
  #expect(
    pod.hasSuffix(
      "\nnginx\n[{\"message\":\"not web\",\"policy\":\"named\",\"binding\":\"told\","
        + "\"expressionIndex\":0,\"validationActions\":[\"Audit\"]}]\n"), "\(pod)")
}

private let etcd =
  "etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt "
  + "--cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key"

@Test("encrypted Secrets are ciphertext in etcd, and lost with their key")
func encryption() {
  let desk = SurgeryDesk(.single)
  desk.run("kubectl create secret generic plain --from-literal=k=supersecret")
  #expect(
    desk.plane("\(etcd) get /registry/secrets/default/plain | strings").contains("supersecret"))
  desk.plane(
    """
    mkdir -p /etc/kubernetes/enc
    cat > /etc/kubernetes/enc/enc.yaml <<'X'
    apiVersion: apiserver.config.k8s.io/v1
    kind: EncryptionConfiguration
    resources:
    - resources: [secrets]
      providers:
      - aescbc: {keys: [{name: key1, secret: MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=}]}
      - identity: {}
    X
    """)
  desk.serve(
    ["--encryption-provider-config=/etc/kubernetes/enc/enc.yaml"], mount: "/etc/kubernetes/enc",
    type: "DirectoryOrCreate")
  desk.run("kubectl create secret generic sealed --from-literal=k=supersecret")
  let raw = desk.plane("\(etcd) get /registry/secrets/default/sealed | strings")
  #expect(raw.contains("k8s:enc:aescbc:v1:key1:") && !raw.contains("supersecret"), "\(raw)")
  #expect(
    desk.run("kubectl get secret plain sealed -o name; kubectl get secrets").contains("plain"))
  desk.run("kubectl get secrets -A -o json | kubectl replace -f -")
  #expect(
    desk.plane("\(etcd) get /registry/secrets/default/plain | strings").contains(
      "k8s:enc:aescbc:v1:key1:"))
  desk.plane("sed -i '/encryption-provider-config/d' \(manifest)")
  desk.run("sleep 40")
  #expect(
    desk.run("kubectl get secret sealed").contains(
      "unable to transform key \"/registry/secrets/default/sealed\""))
}

@Test("an encryption configuration with a short key keeps the server from starting")
func shortKey() {
  let desk = SurgeryDesk(.single)
  desk.plane(
    """
    cat > /etc/kubernetes/enc.yaml <<'X'
    apiVersion: apiserver.config.k8s.io/v1
    kind: EncryptionConfiguration
    resources: [{resources: [secrets], providers: [{aesgcm: {keys: [{name: k, secret: c2hvcnQ=}]}}]}]
    X
    """)
  desk.serve(
    ["--encryption-provider-config=/etc/kubernetes/enc.yaml"], mount: "/etc/kubernetes/enc.yaml")
  let log = desk.plane("cat /var/log/pods/kube-system_kube-apiserver*/kube-apiserver/*.log")
  #expect(
    log.contains("secret is not of the expected length, got 5, expected one of [16 24 32]"),
    "\(log)")
}

@Test("a full etcd refuses writes in its own words, and is emptied as its documentation says")
func fullDatabase() {
  let desk = SurgeryDesk(.single)
  desk.plane(
    "sed -i 's#^    - etcd$#&\\n    - --quota-backend-bytes=3000000#' /etc/kubernetes/manifests/etcd.yaml"
  )
  desk.run("sleep 60; head -c 800000 /dev/zero | tr '\\0' x > big")
  #expect(
    desk.run("for i in 1 2 3 4; do kubectl create configmap c$i --from-file=big; done")
      .hasSuffix("error: failed to create configmap: etcdserver: mvcc: database space exceeded\n"))
  let client =
    "export ETCDCTL_ENDPOINTS=https://127.0.0.1:2379 ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt "
    + "ETCDCTL_CERT=/etc/kubernetes/pki/etcd/server.crt "
    + "ETCDCTL_KEY=/etc/kubernetes/pki/etcd/server.key\n"
  #expect(
    desk.plane(
      client + "etcdctl alarm list | cut -d' ' -f2; etcdctl endpoint health 2>&1 | cut -d' ' -f2-; "
        + "etcdctl endpoint status -w json | grep -o 'errors.*NOSPACE' | cut -c1-6; "
        + "etcdctl put a b 2>&1 | tail -1")
      == "alarm:NOSPACE\nis unhealthy: failed to commit proposal: Active Alarm(s): NOSPACE \n"
      + "unhealthy cluster\nerrors\nError: etcdserver: mvcc: database space exceeded\n")
  #expect(
    desk.run("kubectl delete configmap c1 c2")
      == "configmap \"c1\" deleted\nconfigmap \"c2\" deleted\n")
  #expect(
    desk.plane(
      client
        + "etcdctl compact $(etcdctl endpoint status -w json | jq '.[0].Status.header.revision') "
        + "| cut -d' ' -f1; etcdctl defrag | cut -d' ' -f1; etcdctl alarm disarm | cut -d' ' -f2; "
        + "etcdctl alarm list; etcdctl put a b")
      == "compacted\nFinished\nalarm:NOSPACE\nOK\n")
  #expect(desk.run("kubectl create configmap d --from-file=big") == "configmap/d created\n")
}
