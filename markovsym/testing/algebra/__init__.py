"""The laws of groups, actions, homomorphisms and gammas."""
