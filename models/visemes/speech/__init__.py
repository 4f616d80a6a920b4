"""Where speech with known phones comes from: three synthesisers for training, real recordings for judging."""
