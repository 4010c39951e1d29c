/* Keys for tests only: made for them and used nowhere else. */
#ifndef TEST_KEYS_H
#define TEST_KEYS_H

static const char p256_private[] = "-----BEGIN PRIVATE KEY-----\n"
                                   "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgtExLw1GeBrErYcNu\n"
                                   "lIWprTyYkj+XXIgefNMSPx3kO4GhRANCAARKhWn8kyX112QUq6DT/JeOebTKSVZW\n"
                                   "8FJs1ivwuzDEnNX/X/3oeuASLSZZeHg9V3bbeg/vIYyNAG1JSzG+V+at\n"
                                   "-----END PRIVATE KEY-----\n";

static const char p256_public[] = "-----BEGIN PUBLIC KEY-----\n"
                                  "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAESoVp/JMl9ddkFKug0/yXjnm0yklW\n"
                                  "VvBSbNYr8LswxJzV/1/96HrgEi0mWXh4PVd223oP7yGMjQBtSUsxvlfmrQ==\n"
                                  "-----END PUBLIC KEY-----\n";

static const char p384_public[] = "-----BEGIN PUBLIC KEY-----\n"
                                  "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEcT9RTZVIBGVKxo+4OFvuZyh3uaBA1HkZ\n"
                                  "5L5bPnS+VugpE+XfQqyULvFXCKg5AxfGSsbSZMBwsebQgamqgx48F/IqivqB0GEw\n"
                                  "wF/NulL1r/BfQ1JrnW21YRECGAUZRpom\n"
                                  "-----END PUBLIC KEY-----\n";

static const char rsa_private[] = "-----BEGIN PRIVATE KEY-----\n"
                                  "MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQDOHTaex1kobJXk\n"
                                  "6PLm13YyLANsRScaSJPMRto+jpWaJExWjf6m2GlTiGWoRRjNju2e/nQNhypR90Ld\n"
                                  "qMV1LnRF6rgEhjmNyTV6OBimDJxzVQJc3VrhyInGb/DbfusdzAbwIAw9w+/dNdqn\n"
                                  "KjoZTGRzd3eDfKvfXvMkQoD0adclKKtI5eSyocSo5LL+5Nto+bvq6EFs9nsHkWm8\n"
                                  "xIHi7CuUFVL9Tnh+5Nu1K0goXRxr+Wd1V3HjEhOHG/kLHCzpFQUKPMMnCYiFY/GS\n"
                                  "yW197kStIoBGvwclA9X9KrD+nQs1NtEtzQlRBTLoIAtrRMUIurH5NLMEFHCaUHei\n"
                                  "goBSKQUbAgMBAAECggEAKqfbFPMWnYoTX2NiWam/mVSIhNCu7f6VL9J9+jJR/auD\n"
                                  "bOpICEmDSrlQqIlcP7ZTsPLiG6aceIgee3chHkY14/5WhQEuSgyZF6kiWMMFYcz3\n"
                                  "Bzb8RvvUn4+tHg/fIrSFvw4y2lmBe5tYm/3eNjwcEdVok3qqqzigQyHMREjfMJ4h\n"
                                  "9OsoCLgcvwySoUQv6puVkO+hutuidY+ZI8WDcDwXf6DVp0Akgf0wUtdN8RECw992\n"
                                  "ZQOoClvB596Bl8TOz9yTUEvAnKHqpJVJhTfxN8pDhjnTuePWVZa2cEaByFmsx93K\n"
                                  "8zGI9jk68m3+xAU55OREQXGLpW65jb4kaiJRC3iN0QKBgQDpxftHtjFkyacZZPmg\n"
                                  "08ITCM4PowQf8NXoQCH/ApY9bXkTIUrJX1DP1hJAjdpz4iFFYI7OuqdURPo9+uO8\n"
                                  "D3brBMkdwYVBgeEH5+PD1pXe/Vb379HO8xD7JlVI1g5NBuFrTmK5uVwy2kutAGgV\n"
                                  "9YtvkwN/zbs+IMvlpMVotAL++QKBgQDhtgI1LTV54OoahQv0VZ5V9L85T4lF+6Va\n"
                                  "M4UjUUq0avgIXZz4tsprQ7oOLxNRkLEJx7xKyRCdVA4cajCAnei18vjUN8XcxsX5\n"
                                  "J4AWt8HiC0Zj3BjfdM12k3hfGebsgjPmA7itLbsPbLIgR/GUel7b6f/Ng83Ocqcz\n"
                                  "5QlX6NzlswKBgH0fBzhBrrw4JiS0Y9uNm3FepBPAd6O03niZYti/hLRKFKSFjCat\n"
                                  "ym4DMO+2PPcLUC122diSFJ9I7/sefqeYS1jMzewMOQtvvYbiuYiHIN4iEFtR06UF\n"
                                  "edBCmyEJ2MunZB1v7e1j5ZIePqTQ8+TU8JV+RUAxWAePvDIkd7hrqLLZAoGAQ7yv\n"
                                  "pO3QYqdRGmxbThRz1DADQ1vPQqVm1k8n4ZV/6e1ASqJtfWa+ELrel2shTRUzTFAY\n"
                                  "/gihZ9XV9kkYDUFWmWQ1sNqcEsnEmCV2l1rGYOQpV8ax4D3Ze4B+W2wWlVvt31W2\n"
                                  "kqJqxRJF0tJEed7PoQf0sOShWxelfjl6OFu2D2kCgYB0wuGNJBTv5SSp9kn9wPTN\n"
                                  "IlaR/ov9PGYBWDTO6/uqqztWgEYyAgHymlSi749xmrZoLvLbeOSeRyt0sTNCaix2\n"
                                  "TXp0a8JeZuBLhpkxz85Ems++aqPGIAOucOhDR90jt1H1mrB8pAVLeGkGLm+um9k6\n"
                                  "1QEX2NSUe0yjSHbAReb51w==\n"
                                  "-----END PRIVATE KEY-----\n";

static const char rsa_public[] = "-----BEGIN PUBLIC KEY-----\n"
                                 "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAzh02nsdZKGyV5Ojy5td2\n"
                                 "MiwDbEUnGkiTzEbaPo6VmiRMVo3+pthpU4hlqEUYzY7tnv50DYcqUfdC3ajFdS50\n"
                                 "Req4BIY5jck1ejgYpgycc1UCXN1a4ciJxm/w237rHcwG8CAMPcPv3TXapyo6GUxk\n"
                                 "c3d3g3yr317zJEKA9GnXJSirSOXksqHEqOSy/uTbaPm76uhBbPZ7B5FpvMSB4uwr\n"
                                 "lBVS/U54fuTbtStIKF0ca/lndVdx4xIThxv5Cxws6RUFCjzDJwmIhWPxksltfe5E\n"
                                 "rSKARr8HJQPV/Sqw/p0LNTbRLc0JUQUy6CALa0TFCLqx+TSzBBRwmlB3ooKAUikF\n"
                                 "GwIDAQAB\n"
                                 "-----END PUBLIC KEY-----\n";

static const char rsa1024_public[] = "-----BEGIN PUBLIC KEY-----\n"
                                     "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDeXQ8EMCiHwFU2HLARaanSyyRG\n"
                                     "dk92idhEDckezXeIZasb4tB0BMjjzHyXHOg/Rzf4Hfct680QYKnQzBLwJiJs+r9V\n"
                                     "Q9FS9DDLt3jAx9ODFANtfV2dfiJjxFRcz9ke2asmdPdLg8XvujX1uzfF+dxOohv3\n"
                                     "ca6I8ulchtwCJ75b5wIDAQAB\n"
                                     "-----END PUBLIC KEY-----\n";

#endif
