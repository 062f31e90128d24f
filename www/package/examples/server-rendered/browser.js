import 'brushwork/element';

const photo = document.querySelector('brushwork-photo');
document.querySelector('select').addEventListener('change', ({ target }) => {
  photo.styleId = target.value;
});
