/// All certificates that drydock prepares for, by the curricula published for CKA and CKAD 1.35,
/// CKS 1.34, KCNA of November 2025 and KCSA.
package enum Certifications {
  package static let all: [Certification] = [cka, ckad, cks, kcna, kcsa]

  package static func named(_ id: String) -> Certification? { all.first { $0.id == id } }

  /// The competency of that id, with its certificate and domain.
  package static func competency(
    _ id: String
  ) -> (Certification, Certification.Domain, Certification.Competency)? {
    for certification in all where id.hasPrefix(certification.id + ".") {
      for domain in certification.domains {
        if let found = domain.competencies.first(where: { $0.id == id }) {
          return (certification, domain, found)
        }
      }
    }
    return nil
  }

  private static let cka = Certification(
    "cka", "Certified Kubernetes Administrator",
    domains: [
      .init(
        "cka.storage", "Storage", 10,
        [
          "classes": "Storage classes and dynamic provisioning",
          "volumes": "Volume kinds, access modes and reclaim policies",
          "claims": "Persistent volumes and claims",
        ]),
      .init(
        "cka.troubleshooting", "Troubleshooting", 30,
        [
          "nodes": "Clusters and nodes", "components": "Control-plane and node components",
          "usage": "Resource use of clusters and applications",
          "output": "Output of containers", "networking": "Services and networking",
        ]),
      .init(
        "cka.workloads", "Workloads and Scheduling", 15,
        [
          "rollouts": "Deployments, rolling updates and rollbacks",
          "configuration": "ConfigMaps and Secrets", "autoscaling": "Autoscaling of workloads",
          "healing": "Primitives of self-healing deployments",
          "placement": "Admission and placement of Pods",
        ]),
      .init(
        "cka.architecture", "Cluster Architecture, Installation and Configuration", 25,
        [
          "rbac": "Role-based access control", "infrastructure": "Preparing infrastructure",
          "kubeadm": "Making and managing clusters with kubeadm",
          "lifecycle": "The life cycle of clusters",
          "availability": "A highly available control plane",
          "packaging": "Helm and Kustomize for components",
          "interfaces": "Extension interfaces: CNI, CSI, CRI",
          "operators": "Custom resources and operators",
        ]),
      .init(
        "cka.networking", "Services and Networking", 20,
        [
          "pods": "Connectivity between Pods", "policies": "Network policies",
          "services": "ClusterIP, NodePort, LoadBalancer and endpoints",
          "gateway": "Gateway API", "ingress": "Ingress and its controllers",
          "dns": "CoreDNS",
        ]),
    ])

  private static let ckad = Certification(
    "ckad", "Certified Kubernetes Application Developer",
    domains: [
      .init(
        "ckad.design", "Application Design and Build", 20,
        [
          "images": "Container images", "workloads": "The right kind of workload",
          "multicontainer": "Sidecars and init containers",
          "volumes": "Persistent and ephemeral volumes",
        ]),
      .init(
        "ckad.deployment", "Application Deployment", 20,
        [
          "strategies": "Blue/green and canary", "rollouts": "Deployments and rolling updates",
          "helm": "Helm", "kustomize": "Kustomize",
        ]),
      .init(
        "ckad.observability", "Application Observability and Maintenance", 15,
        [
          "deprecations": "Deprecated APIs", "probes": "Probes and health checks",
          "monitoring": "Monitoring from the command line", "logs": "Container logs",
          "debugging": "Debugging",
        ]),
      .init(
        "ckad.environment", "Application Environment, Configuration and Security", 25,
        [
          "operators": "Custom resources and operators",
          "access": "Authentication, authorization and admission",
          "limits": "Requests, limits and quotas", "resources": "What an application needs",
          "configmaps": "ConfigMaps", "secrets": "Secrets", "accounts": "ServiceAccounts",
          "security": "Security contexts and capabilities",
        ]),
      .init(
        "ckad.networking", "Services and Networking", 20,
        [
          "policies": "Network policies", "services": "Access through Services",
          "ingress": "Ingress rules",
        ]),
    ])

  private static let cks = Certification(
    "cks", "Certified Kubernetes Security Specialist", pass: 67,
    domains: [
      .init(
        "cks.setup", "Cluster Setup", 15,
        [
          "policies": "Network policies for a cluster", "benchmarks": "CIS benchmarks",
          "ingress": "Ingress with TLS", "metadata": "Node metadata and endpoints",
          "binaries": "Verified binaries",
        ]),
      .init(
        "cks.hardening", "Cluster Hardening", 15,
        [
          "rbac": "Less exposure by RBAC", "accounts": "Care with ServiceAccounts",
          "api": "Restricted access to the API", "upgrades": "Upgrades against vulnerabilities",
        ]),
      .init(
        "cks.system", "System Hardening", 10,
        [
          "footprint": "A small host", "identity": "Least privilege",
          "network": "Limited access from outside", "kernel": "AppArmor and seccomp",
        ]),
      .init(
        "cks.microservices", "Minimise Microservice Vulnerabilities", 20,
        [
          "standards": "Pod Security Standards", "secrets": "Management of secrets",
          "isolation": "Isolation of tenants and sandboxes",
          "encryption": "Encryption between Pods",
        ]),
      .init(
        "cks.supply", "Supply Chain Security", 20,
        [
          "images": "Small base images", "chain": "Knowing the chain",
          "registries": "Allowed registries and signatures", "analysis": "Static analysis",
        ]),
      .init(
        "cks.runtime", "Monitoring, Logging and Runtime Security", 20,
        [
          "behaviour": "Analysis of behaviour", "threats": "Detection of threats",
          "phases": "Phases of an attack", "immutability": "Immutable containers",
          "audit": "Audit logs",
        ]),
    ])

  private static let kcna = Certification(
    "kcna", "Kubernetes and Cloud Native Associate", minutes: 90, items: 60, pass: 75,
    isMultipleChoice: true,
    domains: [
      .init(
        "kcna.fundamentals", "Kubernetes Fundamentals", 44,
        [
          "concepts": "Core concepts", "administration": "Administration",
          "scheduling": "Scheduling", "containers": "Containerisation",
        ]),
      .init(
        "kcna.orchestration", "Container Orchestration", 28,
        [
          "networking": "Networking", "security": "Security",
          "troubleshooting": "Troubleshooting", "storage": "Storage",
        ]),
      .init(
        "kcna.delivery", "Cloud Native Application Delivery", 16,
        ["delivery": "Application delivery", "debugging": "Debugging"]),
      .init(
        "kcna.architecture", "Cloud Native Architecture", 12,
        [
          "observability": "Observability", "ecosystem": "Ecosystem and principles",
          "community": "Community and collaboration",
        ]),
    ])

  private static let kcsa = Certification(
    "kcsa", "Kubernetes and Cloud Native Security Associate", minutes: 90, items: 60, pass: 75,
    isMultipleChoice: true,
    domains: [
      .init(
        "kcsa.overview", "Overview of Cloud Native Security", 14,
        [
          "layers": "The four Cs", "infrastructure": "Provider and infrastructure",
          "controls": "Controls and frameworks", "isolation": "Isolation",
          "artifacts": "Repositories and images", "code": "Workloads and code",
        ]),
      .init(
        "kcsa.components", "Cluster Component Security", 22,
        [
          "control": "API server, controller manager and scheduler",
          "node": "Kubelet, runtime and kube-proxy", "pod": "Pods", "etcd": "etcd",
          "network": "Container networking", "client": "Clients", "storage": "Storage",
        ]),
      .init(
        "kcsa.fundamentals", "Security Fundamentals", 22,
        [
          "standards": "Pod Security Standards", "admission": "Pod Security Admission",
          "authentication": "Authentication", "authorization": "Authorization",
          "secrets": "Secrets", "isolation": "Isolation and segmentation",
          "audit": "Audit logging", "policies": "Network policies",
        ]),
      .init(
        "kcsa.threats", "Threat Model", 16,
        [
          "boundaries": "Trust boundaries and data flow", "persistence": "Persistence",
          "denial": "Denial of service", "malice": "Malicious code and compromised applications",
          "network": "Attackers on the network", "data": "Access to sensitive data",
          "escalation": "Privilege escalation",
        ]),
      .init(
        "kcsa.platform", "Platform Security", 16,
        [
          "supply": "Supply chain", "registry": "Image repositories",
          "observability": "Observability", "mesh": "Service meshes", "pki": "PKI",
          "connectivity": "Connectivity", "admission": "Admission control",
        ]),
      .init(
        "kcsa.compliance", "Compliance and Security Frameworks", 10,
        [
          "frameworks": "Compliance frameworks", "modelling": "Threat modelling",
          "supply": "Supply-chain compliance", "automation": "Automation and tooling",
        ]),
    ])
}
