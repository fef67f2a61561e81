// Command translate shows what Istio makes of manifests: the listeners, clusters and routes that a proxy would get.
//
// Standard input holds a Request, standard output gets an Answer, both as JSON. Istio's own control plane does the work, in
// this process, without a cluster.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"

	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/test/xds"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/log"
)

// Request is what to translate, and for whom.
type Request struct {
	TrustDomain string `json:"trustDomain"`
	// Services are Kubernetes Services, one YAML document each.
	Services []string `json:"services"`
	// Config is Istio's configuration, as YAML documents.
	Config  string  `json:"config"`
	Proxies []Proxy `json:"proxies"`
}

// Proxy is one that asks for its configuration, with the pod that it stands in.
type Proxy struct {
	Name           string                 `json:"name"`
	Namespace      string                 `json:"namespace"`
	ServiceAccount string                 `json:"serviceAccount"`
	Labels         map[string]string      `json:"labels"`
	Ports          []corev1.ContainerPort `json:"ports"`
	// Router is true for an ingress.
	Router bool `json:"router"`
}

// Answer is what each proxy gets, by its name.
type Answer map[string]Config

// Config is the configuration of a proxy in the JSON form of Envoy's API.
type Config struct {
	Listeners []json.RawMessage `json:"listeners"`
	Clusters  []json.RawMessage `json:"clusters"`
	Routes    []json.RawMessage `json:"routes"`
}

func main() {
	failer := &failer{}
	defer failer.end()
	for _, scope := range log.Scopes() {
		scope.SetOutputLevel(log.NoneLevel)
	}
	var request Request
	if err := json.NewDecoder(os.Stdin).Decode(&request); err != nil {
		failer.Fatalf("standard input holds no request: %v", err)
	}
	objects, err := cluster(request)
	if err != nil {
		failer.Fatal(err)
	}
	settings := mesh.DefaultMeshConfig()
	settings.TrustDomain = request.TrustDomain
	server := xds.NewFakeDiscoveryServer(failer, xds.FakeOptions{
		KubernetesObjects: objects,
		ConfigString:      request.Config,
		MeshConfig:        settings,
	})
	answer := Answer{}
	for i, each := range request.Proxies {
		proxy := server.SetupProxy(asked(i, each))
		answer[each.Name] = Config{
			Listeners: encoded(failer, server.Listeners(proxy)),
			Clusters:  encoded(failer, server.Clusters(proxy)),
			Routes:    encoded(failer, server.Routes(proxy)),
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
		failer.Fatal(err)
	}
}

func address(i int) string { return fmt.Sprintf("10.1.0.%d", i+1) }

func asked(i int, each Proxy) *model.Proxy {
	kind := model.SidecarProxy
	if each.Router {
		kind = model.Router
	}
	return &model.Proxy{
		Type:            kind,
		ID:              each.Name + "." + each.Namespace,
		IPAddresses:     []string{address(i)},
		ConfigNamespace: each.Namespace,
		Labels:          each.Labels,
		Metadata: &model.NodeMetadata{
			Namespace:      each.Namespace,
			Labels:         each.Labels,
			ServiceAccount: each.ServiceAccount,
			ClusterID:      "Kubernetes",
			// As new as the control plane: an older proxy is spared what it would not understand.
			IstioVersion: "1.31.0",
		},
	}
}

// cluster makes the objects that a cluster with these services and pods would hold.
func cluster(request Request) ([]runtime.Object, error) {
	var objects []runtime.Object
	for i, text := range request.Services {
		service := &corev1.Service{}
		if err := yaml.UnmarshalStrict([]byte(text), service); err != nil {
			return nil, fmt.Errorf("a service cannot be read: %w", err)
		}
		service.Spec.ClusterIP = fmt.Sprintf("10.2.0.%d", i+1)
		service.Spec.ClusterIPs = []string{service.Spec.ClusterIP}
		setDefaults(service)
		objects = append(objects, service, endpoints(service, request.Proxies))
	}
	for i, proxy := range request.Proxies {
		objects = append(objects, pod(i, proxy))
	}
	return objects, nil
}

// setDefaults fills in what the API of a cluster would.
func setDefaults(service *corev1.Service) {
	for p := range service.Spec.Ports {
		port := &service.Spec.Ports[p]
		port.Protocol = corev1.ProtocolTCP
		if port.TargetPort == (intstr.IntOrString{}) {
			port.TargetPort = intstr.FromInt32(port.Port)
		}
	}
}

func pod(i int, proxy Proxy) *corev1.Pod {
	for p := range proxy.Ports {
		proxy.Ports[p].Protocol = corev1.ProtocolTCP
	}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: proxy.Name, Namespace: proxy.Namespace, Labels: proxy.Labels},
		Spec: corev1.PodSpec{
			ServiceAccountName: proxy.ServiceAccount,
			Containers:         []corev1.Container{{Name: proxy.Name, Ports: proxy.Ports}},
		},
		Status: corev1.PodStatus{
			Phase:      corev1.PodRunning,
			PodIP:      address(i),
			PodIPs:     []corev1.PodIP{{IP: address(i)}},
			Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}},
		},
	}
}

func endpoints(service *corev1.Service, proxies []Proxy) *discoveryv1.EndpointSlice {
	slice := &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{
			Name:      service.Name,
			Namespace: service.Namespace,
			Labels:    map[string]string{discoveryv1.LabelServiceName: service.Name},
		},
		AddressType: discoveryv1.AddressTypeIPv4,
	}
	for i, proxy := range proxies {
		if proxy.Namespace != service.Namespace || !selects(service.Spec.Selector, proxy.Labels) {
			continue
		}
		ready := true
		slice.Endpoints = append(slice.Endpoints, discoveryv1.Endpoint{
			Addresses:  []string{address(i)},
			Conditions: discoveryv1.EndpointConditions{Ready: &ready},
			TargetRef:  &corev1.ObjectReference{Kind: "Pod", Name: proxy.Name, Namespace: proxy.Namespace},
		})
	}
	for _, port := range service.Spec.Ports {
		number := port.Port
		slice.Ports = append(slice.Ports, discoveryv1.EndpointPort{Name: &port.Name, Port: &number, AppProtocol: port.AppProtocol})
	}
	return slice
}

func selects(selector, labels map[string]string) bool {
	for key, value := range selector {
		if labels[key] != value {
			return false
		}
	}
	return len(selector) > 0
}

func encoded[M proto.Message](failer *failer, messages []M) []json.RawMessage {
	all := []json.RawMessage{}
	for _, message := range messages {
		text, err := protojson.Marshal(message)
		if err != nil {
			failer.Fatal(err)
		}
		all = append(all, text)
	}
	return all
}

// failer stands in for the testing.T that Istio's test server wants: a failure ends the program.
type failer struct{ cleanups []func() }

func (f *failer) Fail()                             { f.Fatal("failed") }
func (f *failer) FailNow()                          { f.Fatal("failed") }
func (f *failer) Fatalf(format string, args ...any) { f.Fatal(fmt.Sprintf(format, args...)) }
func (f *failer) Log(...any)                        {}
func (f *failer) Logf(string, ...any)               {}
func (f *failer) Helper()                           {}
func (f *failer) Cleanup(cleanup func())            { f.cleanups = append(f.cleanups, cleanup) }
func (f *failer) Skip(args ...any)                  { f.Fatal(args...) }

func (f *failer) Fatal(args ...any) {
	fmt.Fprintln(os.Stderr, strings.TrimSpace(fmt.Sprintln(args...)))
	os.Exit(1)
}

func (f *failer) TempDir() string {
	folder, err := os.MkdirTemp("", "translate")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { os.RemoveAll(folder) })
	return folder
}

func (f *failer) end() {
	for i := len(f.cleanups) - 1; i >= 0; i-- {
		f.cleanups[i]()
	}
}
