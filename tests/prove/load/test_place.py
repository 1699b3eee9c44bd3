import pytest

from gonogo.errors import UsageError
from gonogo.facts.declaration import Environment
from gonogo.prove.load.place import admitted


def test_a_disposable_environment_is_admitted_with_its_address():
    place = admitted(Environment(name="load", url="http://127.0.0.1:8080/api", disposable=True))
    assert (place.address.host, place.address.port, place.address.tls) == ("127.0.0.1", 8080, None)
    assert place.host == "127.0.0.1:8080"
    assert place.pids() == []


def test_https_is_spoken_on_its_usual_port():
    place = admitted(Environment(name="load", url="https://load.example.org", disposable=True))
    assert place.address.port == 443
    assert place.address.tls is not None


def test_a_credential_in_the_url_is_not_sent_as_host():
    assert admitted(Environment(name="load", url="http://me:pw@localhost:81", disposable=True)).host == "localhost:81"


def test_load_never_goes_to_production_even_where_it_is_called_disposable():
    with pytest.raises(UsageError, match="live is production"):
        admitted(Environment(name="live", url="http://127.0.0.1", production=True, disposable=True))


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "https://staging.example.org"])
def test_what_is_not_declared_disposable_is_spared(url):
    with pytest.raises(UsageError, match="not declared disposable") as seen:
        admitted(Environment(name="staging", url=url))
    assert "disposable: true" in seen.value.mend


@pytest.mark.parametrize("url", [None, "", "ftp://127.0.0.1", "http://"])
def test_an_environment_without_an_address_says_so(url):
    with pytest.raises(UsageError, match="no http"):
        admitted(Environment(name="load", url=url, disposable=True))
