/** Owns: the pages and data that the tests share. */

export const gender = `// Gender from weight − 135 lb and height − 66 in.
model Gender {
  input  x[2]
  target y[1]

  h = dense(x, units: 2, activation: sigmoid)
  o = dense(h, units: 1, activation: sigmoid)

  loss mse(o, y)

  train { optimizer sgd(rate: 0.1)  epochs 50  batch 1 }
}
`;

export const people = "x0,x1,y\n-2,-1,1\n25,6,0\n17,4,0\n-15,-6,1\n";

/** Alice alone. */
export const alice = '{ "x": [[-2, -1]], "y": [[1]] }';

/** All weights 1, all biases 0: the tutorial's example of backpropagation. */
export const ones = JSON.stringify({
  "h.W": [
    [1, 1],
    [1, 1],
  ],
  "h.b": [0, 0],
  "o.W": [[1, 1]],
  "o.b": [0],
});

/** Three classes, a metric, a size to override. */
export const classes = `model Classes(hidden = 4) {
  input  x[2]
  target label: class(3)

  h = dense(x, units: hidden, activation: tanh)
  z = dense(h, units: 3)
  output p = softmax(z)

  loss cross_entropy(z, label)
  metric accuracy(z, label)

  train { optimizer adam(rate: 0.05)  epochs 20  batch 2 }
}
`;

export const points = "x0,x1,label\n0,1,0\n1,0,1\n-1,-1,2\n0,2,0\n2,0,1\n-2,-1,2\n0.5,1,0\n";

export const cosine = "function J(x) = cos(sin(x^2) + 3 * x^2)\n";

/** Two errors, far from each other. */
export const broken = `model Broken {
  input x[2]
  target y[1]
  h = dense(q, units: 2)
  loss mse(h, z)
}
`;

/** A layer, loss and optimizer of one's own. */
export const own = `function bump(z) = z * exp(-z^2)

layer ring(x[n], units) {
  param A[units, n] ~ normal(stddev: 0.5)
  s[i] = sum[j](A[i, j] * x[j])
  return bump(s)
}

loss cube(p[n], y[n]) = mean[i](abs(y[i] - p[i])^3)

model Own {
  input x[3]
  target y[2]
  h = ring(x, units: 2)
  loss cube(h, y)
}
`;
