/// The benchmark's checks: number, what is to be seen, how drydock looks, and what mends it.
struct BenchCheck: Sendable {
  let id: String
  let text: String
  let isManual: Bool
  /// What is looked at, as words: see `KubeBench.verdict`.
  let question: [String]
  let remedy: String

  var chapter: String { String(id.prefix { $0 != "." }) }
  /// `1.2` of 1.2.15; etcd's chapter has no sections.
  var section: String { id.split(separator: ".").prefix(2).joined(separator: ".") }

  static let all: [BenchCheck] = table.split(separator: "\n").compactMap { line in
    let cells = line.split(separator: "|").map(String.init)
    guard cells.count == 5 else { return nil }
    return BenchCheck(
      id: cells[0], text: cells[2] + (cells[1] == "m" ? " (Manual)" : " (Automated)"),
      isManual: cells[1] == "m", question: cells[3].split(separator: " ").map(String.init),
      remedy: cells[4])
  }

  /// number|automated or manual|text|question|remedy
  private static let table = """
    1.1.1|a|Ensure that the API server pod specification file permissions are set to 600 or more restrictive|mode /etc/kubernetes/manifests/kube-apiserver.yaml 600|chmod 600 /etc/kubernetes/manifests/kube-apiserver.yaml
    1.1.2|a|Ensure that the API server pod specification file ownership is set to root:root|owner /etc/kubernetes/manifests/kube-apiserver.yaml root:root|chown root:root /etc/kubernetes/manifests/kube-apiserver.yaml
    1.1.3|a|Ensure that the controller manager pod specification file permissions are set to 600 or more restrictive|mode /etc/kubernetes/manifests/kube-controller-manager.yaml 600|chmod 600 /etc/kubernetes/manifests/kube-controller-manager.yaml
    1.1.4|a|Ensure that the controller manager pod specification file ownership is set to root:root|owner /etc/kubernetes/manifests/kube-controller-manager.yaml root:root|chown root:root /etc/kubernetes/manifests/kube-controller-manager.yaml
    1.1.5|a|Ensure that the scheduler pod specification file permissions are set to 600 or more restrictive|mode /etc/kubernetes/manifests/kube-scheduler.yaml 600|chmod 600 /etc/kubernetes/manifests/kube-scheduler.yaml
    1.1.6|a|Ensure that the scheduler pod specification file ownership is set to root:root|owner /etc/kubernetes/manifests/kube-scheduler.yaml root:root|chown root:root /etc/kubernetes/manifests/kube-scheduler.yaml
    1.1.7|a|Ensure that the etcd pod specification file permissions are set to 600 or more restrictive|mode /etc/kubernetes/manifests/etcd.yaml 600|chmod 600 /etc/kubernetes/manifests/etcd.yaml
    1.1.8|a|Ensure that the etcd pod specification file ownership is set to root:root|owner /etc/kubernetes/manifests/etcd.yaml root:root|chown root:root /etc/kubernetes/manifests/etcd.yaml
    1.1.9|m|Ensure that the Container Network Interface file permissions are set to 600 or more restrictive|mode /etc/cni/net.d 600|chmod 600 <path/to/cni/files>
    1.1.10|m|Ensure that the Container Network Interface file ownership is set to root:root|owner /etc/cni/net.d root:root|chown root:root <path/to/cni/files>
    1.1.11|a|Ensure that the etcd data directory permissions are set to 700 or more restrictive|mode /var/lib/etcd 700|chmod 700 /var/lib/etcd
    1.1.12|a|Ensure that the etcd data directory ownership is set to etcd:etcd|owner /var/lib/etcd etcd:etcd|chown etcd:etcd /var/lib/etcd
    1.1.13|a|Ensure that the default administrative credential file permissions are set to 600|mode /etc/kubernetes/admin.conf 600|chmod 600 /etc/kubernetes/admin.conf
    1.1.14|a|Ensure that the default administrative credential file ownership is set to root:root|owner /etc/kubernetes/admin.conf root:root|chown root:root /etc/kubernetes/admin.conf
    1.1.15|a|Ensure that the scheduler.conf file permissions are set to 600|mode /etc/kubernetes/scheduler.conf 600|chmod 600 /etc/kubernetes/scheduler.conf
    1.1.16|a|Ensure that the scheduler.conf file ownership is set to root:root|owner /etc/kubernetes/scheduler.conf root:root|chown root:root /etc/kubernetes/scheduler.conf
    1.1.17|a|Ensure that the controller-manager.conf file permissions are set to 600|mode /etc/kubernetes/controller-manager.conf 600|chmod 600 /etc/kubernetes/controller-manager.conf
    1.1.18|a|Ensure that the controller-manager.conf file ownership is set to root:root|owner /etc/kubernetes/controller-manager.conf root:root|chown root:root /etc/kubernetes/controller-manager.conf
    1.1.19|a|Ensure that the Kubernetes PKI directory and file ownership is set to root:root|owner /etc/kubernetes/pki root:root|chown -R root:root /etc/kubernetes/pki/
    1.1.20|m|Ensure that the Kubernetes PKI certificate file permissions are set to 644 or more restrictive|mode /etc/kubernetes/pki/*.crt 644|chmod -R 644 /etc/kubernetes/pki/*.crt
    1.1.21|m|Ensure that the Kubernetes PKI key file permissions are set to 600|mode /etc/kubernetes/pki/*.key 600|chmod -R 600 /etc/kubernetes/pki/*.key
    1.2.1|m|Ensure that the --anonymous-auth argument is set to false|is kube-apiserver anonymous-auth false|Edit the API server pod specification file /etc/kubernetes/manifests/kube-apiserver.yaml on the control plane node and set --anonymous-auth=false
    1.2.2|a|Ensure that the --token-auth-file parameter is not set|unset kube-apiserver token-auth-file|Edit the API server pod specification file /etc/kubernetes/manifests/kube-apiserver.yaml on the control plane node and remove --token-auth-file
    1.2.3|m|Ensure that the DenyServiceExternalIPs is set|has kube-apiserver enable-admission-plugins DenyServiceExternalIPs|Edit the API server pod specification file /etc/kubernetes/manifests/kube-apiserver.yaml on the control plane node and add DenyServiceExternalIPs to --enable-admission-plugins
    1.2.4|a|Ensure that the --kubelet-client-certificate and --kubelet-client-key arguments are set as appropriate|set kube-apiserver kubelet-client-certificate,kubelet-client-key|Edit the API server pod specification file /etc/kubernetes/manifests/kube-apiserver.yaml on the control plane node and set both arguments
    1.2.5|a|Ensure that the --kubelet-certificate-authority argument is set as appropriate|set kube-apiserver kubelet-certificate-authority|Edit the API server pod specification file /etc/kubernetes/manifests/kube-apiserver.yaml on the control plane node and set --kubelet-certificate-authority to the file of the authority
    1.2.6|a|Ensure that the --authorization-mode argument is not set to AlwaysAllow|lacks kube-apiserver authorization-mode AlwaysAllow|Edit the API server pod specification file /etc/kubernetes/manifests/kube-apiserver.yaml on the control plane node and set --authorization-mode=Node,RBAC
    1.2.7|a|Ensure that the --authorization-mode argument includes Node|has kube-apiserver authorization-mode Node|Edit the API server pod specification file /etc/kubernetes/manifests/kube-apiserver.yaml on the control plane node and set --authorization-mode=Node,RBAC
    1.2.8|a|Ensure that the --authorization-mode argument includes RBAC|has kube-apiserver authorization-mode RBAC|Edit the API server pod specification file /etc/kubernetes/manifests/kube-apiserver.yaml on the control plane node and set --authorization-mode=Node,RBAC
    1.2.9|m|Ensure that the admission control plugin EventRateLimit is set|has kube-apiserver enable-admission-plugins EventRateLimit|Edit the API server pod specification file /etc/kubernetes/manifests/kube-apiserver.yaml on the control plane node and add EventRateLimit to --enable-admission-plugins, with --admission-control-config-file
    1.2.10|a|Ensure that the admission control plugin AlwaysAdmit is not set|lacks kube-apiserver enable-admission-plugins AlwaysAdmit|Edit the API server pod specification file /etc/kubernetes/manifests/kube-apiserver.yaml on the control plane node and remove AlwaysAdmit from --enable-admission-plugins
    1.2.11|m|Ensure that the admission control plugin AlwaysPullImages is set|has kube-apiserver enable-admission-plugins AlwaysPullImages|Edit the API server pod specification file /etc/kubernetes/manifests/kube-apiserver.yaml on the control plane node and add AlwaysPullImages to --enable-admission-plugins
    1.2.12|a|Ensure that the admission control plugin ServiceAccount is set|lacks kube-apiserver disable-admission-plugins ServiceAccount|Edit the API server pod specification file /etc/kubernetes/manifests/kube-apiserver.yaml on the control plane node and remove ServiceAccount from --disable-admission-plugins
    1.2.13|a|Ensure that the admission control plugin NamespaceLifecycle is set|lacks kube-apiserver disable-admission-plugins NamespaceLifecycle|Edit the API server pod specification file /etc/kubernetes/manifests/kube-apiserver.yaml on the control plane node and remove NamespaceLifecycle from --disable-admission-plugins
    1.2.14|a|Ensure that the admission control plugin NodeRestriction is set|has kube-apiserver enable-admission-plugins NodeRestriction|Edit the API server pod specification file /etc/kubernetes/manifests/kube-apiserver.yaml on the control plane node and add NodeRestriction to --enable-admission-plugins
    1.2.15|a|Ensure that the --profiling argument is set to false|is kube-apiserver profiling false|Edit the API server pod specification file /etc/kubernetes/manifests/kube-apiserver.yaml on the control plane node and set --profiling=false
    1.2.16|a|Ensure that the --audit-log-path argument is set|set kube-apiserver audit-log-path|Edit the API server pod specification file /etc/kubernetes/manifests/kube-apiserver.yaml on the control plane node and set --audit-log-path=/var/log/apiserver/audit.log
    1.2.17|a|Ensure that the --audit-log-maxage argument is set to 30 or as appropriate|least kube-apiserver audit-log-maxage 30|Edit the API server pod specification file /etc/kubernetes/manifests/kube-apiserver.yaml on the control plane node and set --audit-log-maxage=30
    1.2.18|a|Ensure that the --audit-log-maxbackup argument is set to 10 or as appropriate|least kube-apiserver audit-log-maxbackup 10|Edit the API server pod specification file /etc/kubernetes/manifests/kube-apiserver.yaml on the control plane node and set --audit-log-maxbackup=10
    1.2.19|a|Ensure that the --audit-log-maxsize argument is set to 100 or as appropriate|least kube-apiserver audit-log-maxsize 100|Edit the API server pod specification file /etc/kubernetes/manifests/kube-apiserver.yaml on the control plane node and set --audit-log-maxsize=100
    1.2.20|m|Ensure that the --request-timeout argument is set as appropriate|manual|Edit the API server pod specification file /etc/kubernetes/manifests/kube-apiserver.yaml on the control plane node and set --request-timeout as appropriate and if needed
    1.2.21|a|Ensure that the --service-account-lookup argument is set to true|not kube-apiserver service-account-lookup false|Edit the API server pod specification file /etc/kubernetes/manifests/kube-apiserver.yaml on the control plane node and set --service-account-lookup=true
    1.2.22|a|Ensure that the --service-account-key-file argument is set as appropriate|set kube-apiserver service-account-key-file|Edit the API server pod specification file /etc/kubernetes/manifests/kube-apiserver.yaml on the control plane node and set --service-account-key-file
    1.2.23|a|Ensure that the --etcd-certfile and --etcd-keyfile arguments are set as appropriate|set kube-apiserver etcd-certfile,etcd-keyfile|Edit the API server pod specification file /etc/kubernetes/manifests/kube-apiserver.yaml on the control plane node and set both arguments
    1.2.24|a|Ensure that the --tls-cert-file and --tls-private-key-file arguments are set as appropriate|set kube-apiserver tls-cert-file,tls-private-key-file|Edit the API server pod specification file /etc/kubernetes/manifests/kube-apiserver.yaml on the control plane node and set both arguments
    1.2.25|a|Ensure that the --client-ca-file argument is set as appropriate|set kube-apiserver client-ca-file|Edit the API server pod specification file /etc/kubernetes/manifests/kube-apiserver.yaml on the control plane node and set --client-ca-file
    1.2.26|a|Ensure that the --etcd-cafile argument is set as appropriate|set kube-apiserver etcd-cafile|Edit the API server pod specification file /etc/kubernetes/manifests/kube-apiserver.yaml on the control plane node and set --etcd-cafile
    1.2.27|m|Ensure that the --encryption-provider-config argument is set as appropriate|set kube-apiserver encryption-provider-config|Edit the API server pod specification file /etc/kubernetes/manifests/kube-apiserver.yaml on the control plane node and set --encryption-provider-config=</path/to/EncryptionConfig/File>
    1.2.28|m|Ensure that encryption providers are appropriately configured|manual|Choose aescbc, kms or secretbox as the provider in the EncryptionConfig file.
    1.2.29|m|Ensure that the API Server only makes use of Strong Cryptographic Ciphers|set kube-apiserver tls-cipher-suites|Edit the API server pod specification file /etc/kubernetes/manifests/kube-apiserver.yaml on the control plane node and set --tls-cipher-suites to strong suites
    1.3.1|m|Ensure that the --terminated-pod-gc-threshold argument is set as appropriate|set kube-controller-manager terminated-pod-gc-threshold|Edit the Controller Manager pod specification file /etc/kubernetes/manifests/kube-controller-manager.yaml on the control plane node and set --terminated-pod-gc-threshold, for example to 10
    1.3.2|a|Ensure that the --profiling argument is set to false|is kube-controller-manager profiling false|Edit the Controller Manager pod specification file /etc/kubernetes/manifests/kube-controller-manager.yaml on the control plane node and set --profiling=false
    1.3.3|a|Ensure that the --use-service-account-credentials argument is set to true|is kube-controller-manager use-service-account-credentials true|Edit the Controller Manager pod specification file /etc/kubernetes/manifests/kube-controller-manager.yaml on the control plane node and set --use-service-account-credentials=true
    1.3.4|a|Ensure that the --service-account-private-key-file argument is set as appropriate|set kube-controller-manager service-account-private-key-file|Edit the Controller Manager pod specification file /etc/kubernetes/manifests/kube-controller-manager.yaml on the control plane node and set --service-account-private-key-file
    1.3.5|a|Ensure that the --root-ca-file argument is set as appropriate|set kube-controller-manager root-ca-file|Edit the Controller Manager pod specification file /etc/kubernetes/manifests/kube-controller-manager.yaml on the control plane node and set --root-ca-file
    1.3.6|a|Ensure that the RotateKubeletServerCertificate argument is set to true|lacks kube-controller-manager feature-gates RotateKubeletServerCertificate=false|Edit the Controller Manager pod specification file /etc/kubernetes/manifests/kube-controller-manager.yaml on the control plane node and set --feature-gates=RotateKubeletServerCertificate=true
    1.3.7|a|Ensure that the --bind-address argument is set to 127.0.0.1|is kube-controller-manager bind-address 127.0.0.1|Edit the Controller Manager pod specification file /etc/kubernetes/manifests/kube-controller-manager.yaml on the control plane node and set --bind-address=127.0.0.1
    1.4.1|a|Ensure that the --profiling argument is set to false|is kube-scheduler profiling false|Edit the Scheduler pod specification file /etc/kubernetes/manifests/kube-scheduler.yaml on the control plane node and set --profiling=false
    1.4.2|a|Ensure that the --bind-address argument is set to 127.0.0.1|is kube-scheduler bind-address 127.0.0.1|Edit the Scheduler pod specification file /etc/kubernetes/manifests/kube-scheduler.yaml on the control plane node and set --bind-address=127.0.0.1
    2.1|a|Ensure that the --cert-file and --key-file arguments are set as appropriate|set etcd cert-file,key-file|Edit the etcd pod specification file /etc/kubernetes/manifests/etcd.yaml on the master node and set both arguments
    2.2|a|Ensure that the --client-cert-auth argument is set to true|is etcd client-cert-auth true|Edit the etcd pod specification file /etc/kubernetes/manifests/etcd.yaml on the master node and set --client-cert-auth="true"
    2.3|a|Ensure that the --auto-tls argument is not set to true|not etcd auto-tls true|Edit the etcd pod specification file /etc/kubernetes/manifests/etcd.yaml on the master node and remove --auto-tls or set it to false
    2.4|a|Ensure that the --peer-cert-file and --peer-key-file arguments are set as appropriate|set etcd peer-cert-file,peer-key-file|Edit the etcd pod specification file /etc/kubernetes/manifests/etcd.yaml on the master node and set both arguments
    2.5|a|Ensure that the --peer-client-cert-auth argument is set to true|is etcd peer-client-cert-auth true|Edit the etcd pod specification file /etc/kubernetes/manifests/etcd.yaml on the master node and set --peer-client-cert-auth=true
    2.6|a|Ensure that the --peer-auto-tls argument is not set to true|not etcd peer-auto-tls true|Edit the etcd pod specification file /etc/kubernetes/manifests/etcd.yaml on the master node and remove --peer-auto-tls or set it to false
    2.7|m|Ensure that a unique Certificate Authority is used for etcd|set etcd trusted-ca-file|Make a certificate authority for etcd alone and set --trusted-ca-file to it.
    3.1.1|m|Client certificate authentication should not be used for users|manual|Use OIDC or another mechanism of Kubernetes in place of client certificates.
    3.1.2|m|Service account token authentication should not be used for users|manual|Use OIDC or another mechanism of Kubernetes in place of service account tokens.
    3.1.3|m|Bootstrap token authentication should not be used for users|manual|Use OIDC or another mechanism of Kubernetes in place of bootstrap tokens.
    3.2.1|m|Ensure that a minimal audit policy is created|set kube-apiserver audit-policy-file|Create an audit policy file for your cluster.
    3.2.2|m|Ensure that the audit policy covers key security concerns|manual|Review the audit policy: Secrets, changes to Pods and Deployments, exec, port-forward, proxy.
    4.1.1|a|Ensure that the kubelet service file permissions are set to 600 or more restrictive|mode /usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf 600|chmod 600 /usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf
    4.1.2|a|Ensure that the kubelet service file ownership is set to root:root|owner /usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf root:root|chown root:root /usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf
    4.1.3|m|If proxy kubeconfig file exists ensure permissions are set to 600 or more restrictive|mode /etc/kubernetes/proxy.conf 600|chmod 600 <path to the proxy kubeconfig file>
    4.1.4|m|If proxy kubeconfig file exists ensure ownership is set to root:root|owner /etc/kubernetes/proxy.conf root:root|chown root:root <path to the proxy kubeconfig file>
    4.1.5|a|Ensure that the --kubeconfig kubelet.conf file permissions are set to 600 or more restrictive|mode /etc/kubernetes/kubelet.conf 600|chmod 600 /etc/kubernetes/kubelet.conf
    4.1.6|a|Ensure that the --kubeconfig kubelet.conf file ownership is set to root:root|owner /etc/kubernetes/kubelet.conf root:root|chown root:root /etc/kubernetes/kubelet.conf
    4.1.7|m|Ensure that the certificate authorities file permissions are set to 644 or more restrictive|mode /etc/kubernetes/pki/ca.crt 644|chmod 644 /etc/kubernetes/pki/ca.crt
    4.1.8|m|Ensure that the client certificate authorities file ownership is set to root:root|owner /etc/kubernetes/pki/ca.crt root:root|chown root:root /etc/kubernetes/pki/ca.crt
    4.1.9|a|If the kubelet config.yaml configuration file is being used validate permissions set to 600 or more restrictive|mode /var/lib/kubelet/config.yaml 600|chmod 600 /var/lib/kubelet/config.yaml
    4.1.10|a|If the kubelet config.yaml configuration file is being used validate file ownership is set to root:root|owner /var/lib/kubelet/config.yaml root:root|chown root:root /var/lib/kubelet/config.yaml
    4.2.1|a|Ensure that the --anonymous-auth argument is set to false|kubelet authentication.anonymous.enabled false|Edit /var/lib/kubelet/config.yaml: set authentication: anonymous: enabled to false. Then: systemctl daemon-reload; systemctl restart kubelet.service
    4.2.2|a|Ensure that the --authorization-mode argument is not set to AlwaysAllow|kubelet authorization.mode Webhook|Edit /var/lib/kubelet/config.yaml: set authorization: mode to Webhook. Then: systemctl daemon-reload; systemctl restart kubelet.service
    4.2.3|a|Ensure that the --client-ca-file argument is set as appropriate|kubeletset authentication.x509.clientCAFile|Edit /var/lib/kubelet/config.yaml: set authentication: x509: clientCAFile. Then: systemctl daemon-reload; systemctl restart kubelet.service
    4.2.4|m|Verify that the --read-only-port argument is set to 0|kubelet readOnlyPort 0|Edit /var/lib/kubelet/config.yaml: set readOnlyPort to 0. Then: systemctl daemon-reload; systemctl restart kubelet.service
    4.2.5|m|Ensure that the --streaming-connection-idle-timeout argument is not set to 0|kubeletnot streamingConnectionIdleTimeout 0|Edit /var/lib/kubelet/config.yaml: set streamingConnectionIdleTimeout to a value other than 0. Then: systemctl daemon-reload; systemctl restart kubelet.service
    4.2.6|a|Ensure that the --make-iptables-util-chains argument is set to true|kubelet makeIPTablesUtilChains true|Edit /var/lib/kubelet/config.yaml: set makeIPTablesUtilChains: true. Then: systemctl daemon-reload; systemctl restart kubelet.service
    4.2.7|m|Ensure that the --hostname-override argument is not set|manual|Edit the kubelet service file /usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf and remove --hostname-override.
    4.2.8|m|Ensure that the eventRecordQPS argument is set to a level which ensures appropriate event capture|kubeletset eventRecordQPS|Edit /var/lib/kubelet/config.yaml: set eventRecordQPS to an appropriate level. Then: systemctl daemon-reload; systemctl restart kubelet.service
    4.2.9|m|Ensure that the --tls-cert-file and --tls-private-key-file arguments are set as appropriate|kubeletset tlsCertFile|Edit /var/lib/kubelet/config.yaml: set tlsCertFile and tlsPrivateKeyFile. Then: systemctl daemon-reload; systemctl restart kubelet.service
    4.2.10|a|Ensure that the --rotate-certificates argument is not set to false|kubelet rotateCertificates true|Edit /var/lib/kubelet/config.yaml: set rotateCertificates: true. Then: systemctl daemon-reload; systemctl restart kubelet.service
    4.2.11|m|Verify that the RotateKubeletServerCertificate argument is set to true|kubelet featureGates.RotateKubeletServerCertificate true|Edit /var/lib/kubelet/config.yaml: set featureGates: RotateKubeletServerCertificate: true. Then: systemctl daemon-reload; systemctl restart kubelet.service
    4.2.12|m|Ensure that the Kubelet only makes use of Strong Cryptographic Ciphers|kubeletset tlsCipherSuites|Edit /var/lib/kubelet/config.yaml: set tlsCipherSuites to strong suites. Then: systemctl daemon-reload; systemctl restart kubelet.service
    4.2.13|m|Ensure that a limit is set on pod PIDs|kubeletset podPidsLimit|Edit /var/lib/kubelet/config.yaml: set podPidsLimit. Then: systemctl daemon-reload; systemctl restart kubelet.service
    4.3.1|a|Ensure that the kube-proxy metrics service is bound to localhost|manual-pass|Remove metricsBindAddress from the configuration of kube-proxy, or set it to 127.0.0.1:10249.
    5.1.1|m|Ensure that the cluster-admin role is only used where required|manual|Review this by hand.
    5.1.2|m|Minimize access to secrets|manual|Review this by hand.
    5.1.3|m|Minimize wildcard use in Roles and ClusterRoles|manual|Review this by hand.
    5.1.4|m|Minimize access to create pods|manual|Review this by hand.
    5.1.5|m|Ensure that default service accounts are not actively used|manual|Review this by hand.
    5.1.6|m|Ensure that Service Account Tokens are only mounted where necessary|manual|Review this by hand.
    5.1.7|m|Avoid use of system:masters group|manual|Review this by hand.
    5.1.8|m|Limit use of the Bind, Impersonate and Escalate permissions in the Kubernetes cluster|manual|Review this by hand.
    5.1.9|m|Minimize access to create persistent volumes|manual|Review this by hand.
    5.1.10|m|Minimize access to the proxy sub-resource of nodes|manual|Review this by hand.
    5.1.11|m|Minimize access to the approval sub-resource of certificatesigningrequests objects|manual|Review this by hand.
    5.1.12|m|Minimize access to webhook configuration objects|manual|Review this by hand.
    5.1.13|m|Minimize access to the service account token creation|manual|Review this by hand.
    5.2.1|m|Ensure that the cluster has at least one active policy control mechanism in place|manual|Review this by hand.
    5.2.2|m|Minimize the admission of privileged containers|manual|Review this by hand.
    5.2.3|m|Minimize the admission of containers wishing to share the host process ID namespace|manual|Review this by hand.
    5.2.4|m|Minimize the admission of containers wishing to share the host IPC namespace|manual|Review this by hand.
    5.2.5|m|Minimize the admission of containers wishing to share the host network namespace|manual|Review this by hand.
    5.2.6|m|Minimize the admission of containers with allowPrivilegeEscalation|manual|Review this by hand.
    5.2.7|m|Minimize the admission of root containers|manual|Review this by hand.
    5.2.8|m|Minimize the admission of containers with the NET_RAW capability|manual|Review this by hand.
    5.2.9|m|Minimize the admission of containers with added capabilities|manual|Review this by hand.
    5.2.10|m|Minimize the admission of containers with capabilities assigned|manual|Review this by hand.
    5.3.1|m|Ensure that the CNI in use supports NetworkPolicies|manual|Review this by hand.
    5.3.2|m|Ensure that all Namespaces have NetworkPolicies defined|manual|Review this by hand.
    5.4.1|m|Prefer using Secrets as files over Secrets as environment variables|manual|Review this by hand.
    5.4.2|m|Consider external secret storage|manual|Review this by hand.
    5.5.1|m|Configure Image Provenance using ImagePolicyWebhook admission controller|manual|Review this by hand.
    5.6.1|m|Create administrative boundaries between resources using namespaces|manual|Review this by hand.
    5.6.2|m|Ensure that the seccomp profile is set to docker/default in your Pod definitions|manual|Review this by hand.
    5.6.3|m|Apply SecurityContext to your Pods and Containers|manual|Review this by hand.
    5.6.4|m|The default namespace should not be used|manual|Review this by hand.
    """
}
