"""Channel simulator: a development server that answers as a vendor documents its interface.

It knows nothing of Django and is started by ``manage.py simulator`` or, in tests, as a context::

    with Simulator(port=0, faults=["unavailable"]) as simulator:
        simulator.url
"""

from kpis.simulator.faults import Fault
from kpis.simulator.play import Play, Reply, Request, Stage
from kpis.simulator.server import Simulator

__all__ = ["Fault", "Play", "Reply", "Request", "Simulator", "Stage"]
