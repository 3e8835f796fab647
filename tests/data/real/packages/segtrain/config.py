class AttrDict(dict):
    def __getattr__(self, name):
        return self[name]


cfg = AttrDict(seed=1, lr=0.1, epochs=2, classes=3, ignore=255, batch=2)
