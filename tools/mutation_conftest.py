"""What pytest does for each mutation; tools/mutation.py copies it beside the tests."""

from hypothesis import Phase, settings

# One failing example is enough; the smallest is not looked for.
PHASES = (Phase.explicit, Phase.generate)
settings.register_profile("mutation", settings.get_profile("ci"), phases=PHASES)
