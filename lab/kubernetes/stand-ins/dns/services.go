package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io/ioutil"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

const account = "/var/run/secrets/kubernetes.io/serviceaccount"

// zone holds the addresses of the services of a cluster.
type zone struct {
	domain string
	lock   sync.RWMutex
	names  map[string][]net.IP
	listed bool
}

// newZone knows the one service that every pod is told of in its environment.
func newZone(domain string) *zone {
	z := &zone{domain: domain, names: map[string][]net.IP{}}
	if ip := net.ParseIP(os.Getenv("KUBERNETES_SERVICE_HOST")); ip != nil {
		z.names["kubernetes.default.svc."+domain] = []net.IP{ip}
	}
	return z
}

// find answers a name's addresses, and whether the name exists at all.
func (z *zone) find(name string) ([]net.IP, bool) {
	z.lock.RLock()
	defer z.lock.RUnlock()
	addresses, known := z.names[name]
	return addresses, known || name == z.domain || name == "svc."+z.domain
}

func (z *zone) ready() bool {
	z.lock.RLock()
	defer z.lock.RUnlock()
	return z.listed
}

type object struct {
	Metadata struct{ Name, Namespace string }
	Spec     struct{ ClusterIP string }
	Subsets  []struct {
		Addresses []struct{ IP, Hostname string }
	}
}

// follow lists services and endpoints again and again, where there is an account to do it with.
func (z *zone) follow() {
	authority, err := ioutil.ReadFile(account + "/ca.crt")
	if err != nil {
		fmt.Println("no service account, answering only what the environment tells:", err)
		z.lock.Lock()
		z.listed = true
		z.lock.Unlock()
		return
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority)
	client := &http.Client{
		Timeout:   10 * time.Second,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}},
	}
	for ; ; time.Sleep(2 * time.Second) {
		names, err := list(client, z.domain)
		if err != nil {
			fmt.Println(err)
			continue
		}
		z.lock.Lock()
		z.names, z.listed = names, true
		z.lock.Unlock()
	}
}

// list asks the API server for every service and its endpoints.
func list(client *http.Client, domain string) (map[string][]net.IP, error) {
	services, err := get(client, "services")
	if err != nil {
		return nil, err
	}
	endpoints, err := get(client, "endpoints")
	if err != nil {
		return nil, err
	}
	names := map[string][]net.IP{}
	headless := map[string]bool{}
	for _, service := range services {
		name := nameOf(service, domain)
		names[name] = nil
		headless[name] = service.Spec.ClusterIP == "None"
		if ip := net.ParseIP(service.Spec.ClusterIP).To4(); ip != nil {
			names[name] = []net.IP{ip}
		}
	}
	for _, endpoint := range endpoints {
		name := nameOf(endpoint, domain)
		for _, subset := range endpoint.Subsets {
			for _, address := range subset.Addresses {
				ip := net.ParseIP(address.IP).To4()
				if ip == nil || !headless[name] {
					continue
				}
				names[name] = append(names[name], ip)
				if address.Hostname != "" {
					names[address.Hostname+"."+name] = []net.IP{ip}
				}
			}
		}
	}
	return names, nil
}

func nameOf(o object, domain string) string {
	return o.Metadata.Name + "." + o.Metadata.Namespace + ".svc." + domain
}

func get(client *http.Client, kind string) ([]object, error) {
	// Read each time: the kubelet replaces a token that is about to expire.
	token, err := ioutil.ReadFile(account + "/token")
	if err != nil {
		return nil, err
	}
	server := net.JoinHostPort(os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT"))
	request, err := http.NewRequest("GET", "https://"+server+"/api/v1/"+kind, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+string(token))
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("listing %s: %s", kind, response.Status)
	}
	var list struct{ Items []object }
	err = json.NewDecoder(response.Body).Decode(&list)
	return list.Items, err
}
